import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rollUp } from "../../src/ops/rollup";
import { stopClock, tickUntilDrained } from "../support/clock";
import { leadStub, leadsOf, newSite, settle, submissionsOf, submit } from "../support/leads";
import { callOf, PAGE, someEvents, take } from "../support/visit";
import { read } from "./helpers";

/** Whose a submit is, and what it counts for. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

beforeEach(() => stopClock("2031-11-03T12:00:00Z"));

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const ANNA = { name: "Anna", email: "anna@shop.example" };
const BERT = { name: "Bert", email: "bert@shop.example" };
const PHONE = "+49 30 901820";
const MOBILE = "+49 151 23456789";

/** The leads of a site after some submits, one after the other: what each shows of who it is. */
async function peopleAfter(submits: readonly object[]) {
  const site = await newSite([]);
  for (const body of submits) {
    vi.setSystemTime(Date.now() + 1_000);
    await submit(site, body);
  }
  return (await leadsOf(site)).map(({ name, email, phone, message, submissions }) => ({
    name,
    email,
    phone,
    message,
    submissions,
  }));
}

describe("two people on one device", () => {
  const here = (body: object) => ({ ...body, visitor_id: "v-shared" });

  it("are two leads by their emails, and nothing of one is in the other", async () => {
    const people = await peopleAfter([
      here({ ...ANNA, phone: PHONE, message: "From Anna" }),
      here({ ...BERT }),
      here({ ...ANNA, message: "Anna again" }),
    ]);
    expect(people).toEqual([
      { ...ANNA, phone: "+4930901820", message: "Anna again", submissions: 2 },
      { ...BERT, phone: null, message: null, submissions: 1 },
    ]);
  });

  it("are two leads by their phones where neither gives an email", async () => {
    const people = await peopleAfter([
      here({ name: "Anna", phone: PHONE }),
      here({ name: "Bert", phone: MOBILE }),
      here({ name: "Anna", phone: PHONE, message: "Anna again" }),
    ]);
    expect(people).toMatchObject([
      { name: "Anna", phone: "+4930901820", message: "Anna again", submissions: 2 },
      { name: "Bert", phone: "+4915123456789", message: null, submissions: 1 },
    ]);
  });

  it("stay two when one of them gives less than before", async () => {
    const people = await peopleAfter([
      here(ANNA),
      here(BERT),
      // Of one of the two, or of a third: the device does not say.
      here({ name: "Somebody", phone: MOBILE }),
      here({ name: "Somebody", phone: MOBILE, message: "again" }),
    ]);
    expect(people).toMatchObject([
      { ...ANNA, phone: null, submissions: 1 },
      { ...BERT, phone: null, submissions: 1 },
      { name: "Somebody", email: null, submissions: 2 },
    ]);
  });

  it("are two also when the second one's phone is another than the first one's", async () => {
    const people = await peopleAfter([here({ ...ANNA, phone: PHONE }), here({ name: "Bert", phone: MOBILE })]);
    expect(people).toMatchObject([{ name: "Anna" }, { name: "Bert", email: null }]);
  });

  it("are two by phones that cannot be placed, whether or not another can", async () => {
    expect(
      await peopleAfter([
        here({ name: "Anna", phone: "030 901820", message: "a" }),
        here({ name: "Bert", phone: "040 123456", message: "b" }),
        here({ name: "Anna", phone: "030/901820" }),
      ]),
    ).toMatchObject([
      // The device is two people's by then: it says nobody's.
      { name: "Anna", phone: "030 901820", message: "a", submissions: 1 },
      { name: "Bert", phone: "040 123456", message: "b", submissions: 1 },
      { name: "Anna", phone: "030/901820", message: null, submissions: 1 },
    ]);
    expect(
      await peopleAfter([here({ ...ANNA, phone: "+4930901820" }), here({ name: "Bert", phone: "040 123456" })]),
    ).toMatchObject([
      { ...ANNA, phone: "+4930901820", submissions: 1 },
      { name: "Bert", email: null, phone: "040 123456", submissions: 1 },
    ]);
    expect(await peopleAfter([here({ phone: "030 901820" }), here({ phone: PHONE })])).toHaveLength(2);
  });

  it("are two by their names, where one gives a phone and the other an email", async () => {
    expect(
      await peopleAfter([here({ name: "A", phone: "+4930901820" }), here({ name: "B", email: "b@x.example" })]),
    ).toMatchObject([
      { name: "A", email: null, submissions: 1 },
      { name: "B", phone: null, submissions: 1 },
    ]);
  });

  it("with one phone are two by their names", async () => {
    expect(
      await peopleAfter([
        { ...ANNA, phone: PHONE },
        { name: "Bert", phone: PHONE },
      ]),
    ).toMatchObject([
      { ...ANNA, submissions: 1 },
      { name: "Bert", email: null, submissions: 1 },
    ]);
  });

  it("are two when both come at once", async () => {
    const site = await newSite([]);
    await Promise.all([ANNA, BERT, ANNA, BERT].map((body) => submit(site, here(body))));
    expect((await leadsOf(site)).map(({ name, submissions }) => [name, submissions]).sort()).toEqual([
      ["Anna", 2],
      ["Bert", 2],
    ]);
  });
});

describe("one person", () => {
  it("is known by the device, by email then by phone and the other way round", async () => {
    const here = (body: object) => ({ ...body, visitor_id: "v-1" });
    expect(await peopleAfter([here(ANNA), here({ phone: PHONE })])).toMatchObject([{ submissions: 2 }]);
    expect(await peopleAfter([here({ phone: PHONE }), here(ANNA), { phone: PHONE }])).toMatchObject([
      { ...ANNA, phone: "+4930901820", submissions: 3 },
    ]);
  });

  it("is known by the device however the phone and the name are written", async () => {
    const here = (body: object) => ({ ...body, visitor_id: "v-1" });
    expect(
      await peopleAfter([
        here({ name: "Zoë Ødegård", phone: "030 901820" }),
        here({ name: "Odegard, ZOE", phone: "030/90 18 20" }),
        here({ name: "zoë  ødegård", email: "zoe@x.example" }),
        here({ email: "zoe@x.example", name: "Z." }),
      ]),
    ).toMatchObject([{ email: "zoe@x.example", submissions: 4 }]);
  });

  it("may have several phones under one email, however it is written", async () => {
    const people = await peopleAfter([
      { ...ANNA, phone: PHONE },
      { email: " ANNA@shop.example", phone: MOBILE },
    ]);
    expect(people).toMatchObject([{ name: "Anna", submissions: 2 }]);
  });

  it("is the one who gave the phone with an email, while nobody else has it", async () => {
    expect(await peopleAfter([{ ...ANNA, phone: PHONE }, { phone: PHONE }])).toMatchObject([{ submissions: 2 }]);
    const shared = await peopleAfter([
      { ...ANNA, phone: PHONE },
      { ...BERT, phone: PHONE },
      { name: "Cleo", phone: PHONE },
      { name: "Cleo", phone: PHONE },
    ]);
    expect(shared).toMatchObject([
      { name: "Anna", submissions: 1 },
      { name: "Bert", submissions: 1 },
      { name: "Cleo", submissions: 2 },
    ]);
  });

  it("keeps the visitor that the lead began with", async () => {
    const site = await newSite([]);
    await submit(site, { ...ANNA, visitor_id: "v-1" });
    await submit(site, { ...ANNA, visitor_id: "v-2" });
    expect(await leadsOf(site)).toMatchObject([{ visitor_id: "v-1", submissions: 2 }]);
  });
});

describe("a conversion", () => {
  /** A session of a campaign, stored, with a submit from it. */
  async function win(site: string, campaign: string, body: object): Promise<string> {
    const id = crypto.randomUUID();
    const page = `${PAGE}?utm_source=${campaign}&utm_campaign=${campaign}`;
    await take(callOf(id, { site, start: { page, visitor_id: `v-${id}` }, events: someEvents(2) }));
    const { lead_id } = await submit(site, { ...body, session_id: id });
    await tickUntilDrained(id);
    await settle(lead_id, Date.now() + HOUR);
    return id;
  }

  type Ranked = { data: { campaign: string; leads: number }[] };

  async function leadsBy(site: string, from: number): Promise<Record<string, number>> {
    const range = `site=${site}&from=${from}&to=${from + DAY}&bots=include`;
    const { data } = await read<Ranked>(`/analytics/sources?by=campaign&${range}`);
    return Object.fromEntries(data.map(({ campaign, leads }) => [campaign, leads]));
  }

  const total = async (site: string, from: number): Promise<number> =>
    (
      await read<{ data: { leads: number } }>(
        `/analytics/overview?site=${site}&from=${from}&to=${from + DAY}&bots=include`,
      )
    ).data.leads;

  const rollAll = async (): Promise<void> => {
    while (!(await rollUp(env.DB, Date.now(), true)).isDone);
  };

  it("stays with the campaign that won it when the person writes again from another", async () => {
    const site = await newSite([]);
    const day = Date.UTC(2031, 10, 3);
    await win(site, "a", ANNA);
    await win(site, "b", { ...ANNA, message: "more" });
    expect(await leadsBy(site, day)).toEqual({ a: 1, b: 0 });
    expect(await total(site, day)).toBe(1);
    expect(await leadsOf(site)).toMatchObject([{ source: "a", submissions: 2 }]);
    expect(await read(`/analytics/leads/sources?site=${site}&from=${day}&to=${day + DAY}`)).toMatchObject({
      data: [{ value: "a", leads: 1 }],
    });
  });

  it("is another one when the person comes again after a day, and the closed day stays as it was", async () => {
    const site = await newSite([]);
    const day = Date.UTC(2031, 10, 3);
    await win(site, "a", ANNA);
    vi.setSystemTime(day + 2 * DAY + 12 * HOUR);
    await rollAll();
    expect(await leadsBy(site, day)).toEqual({ a: 1 });
    await win(site, "b", { ...ANNA, message: "more" });
    await win(site, "c", { ...ANNA, message: "and more" });
    for (const rolled of [false, true]) {
      if (rolled) {
        vi.setSystemTime(day + 4 * DAY);
        await rollAll();
      }
      expect(await leadsBy(site, day)).toEqual({ a: 1 });
      expect(await leadsBy(site, day + 2 * DAY)).toEqual({ b: 1, c: 0 });
      expect([await total(site, day), await total(site, day + 2 * DAY)]).toEqual([1, 1]);
    }
    expect((await submissionsOf(site)).map(({ outcome }) => outcome)).toEqual(["created", "reengaged", "merged"]);
    expect(await leadsOf(site)).toMatchObject([{ source: "a" }]);
  });

  it("of a plain form counts once, when it came in, also when a session is named later", async () => {
    const site = await newSite([]);
    const day = Date.UTC(2031, 10, 3);
    await submit(site, ANNA);
    vi.setSystemTime(Date.now() + DAY - HOUR);
    const id = await win(site, "a", { ...ANNA, message: "more" });
    expect(await total(site, day)).toBe(1);
    expect(await leadsBy(site, day + DAY)).toEqual({ a: 0 });
    // The lead had no session to show until then.
    expect(await leadsOf(site)).toMatchObject([{ session_id: id }]);
  });

  it("is in the lists also when the CRM calls the lead spam", async () => {
    const site = await newSite([]);
    const { lead_id } = await submit(site, { ...ANNA, source: "ads", project: "roof" });
    await leadStub(lead_id).callback({ crm_id: null, status: "spam", at: Date.now() });
    await settle(lead_id, Date.now() + HOUR);
    const range = `site=${site}&from=${Date.now() - DAY}&to=${Date.now() + DAY}`;
    for (const status of ["", "&status=spam"]) {
      const list = await read(`/analytics/leads?${range}${status}`);
      expect(list).toMatchObject({ data: [{ lead_id, status: "spam" }] });
    }
    expect(await read(`/analytics/leads/sources?${range}`)).toMatchObject({ data: [{ value: "ads", leads: 1 }] });
    expect(await read(`/analytics/leads/projects?${range}`)).toMatchObject({ data: [{ value: "roof", leads: 1 }] });
  });

  it("is none of what a honeypot caught: it is shown to who asks for spam, and nowhere else", async () => {
    const site = await newSite([]);
    const day = Date.UTC(2031, 10, 3);
    await win(site, "a", { ...ANNA, pulse_website: "x", source: "ads", project: "roof" });
    await submit(site, { ...BERT, pulse_website: "x" });
    expect(await leadsBy(site, day)).toEqual({ a: 0 });
    expect(await total(site, day)).toBe(0);
    const range = `site=${site}&from=${day}&to=${day + DAY}`;
    const { data: daily } = await read<{ data: { leads: number }[] }>(
      `/analytics/sessions/daily?${range}&bots=include`,
    );
    expect(daily.map(({ leads }) => leads)).toEqual([0]);
    for (const list of ["leads", "leads/sources", "leads/projects"]) {
      expect(await read(`/analytics/${list}?${range}`), list).toMatchObject({ data: [] });
    }
    const spam = await read<{ data: object[] }>(`/analytics/leads?${range}&status=spam`);
    expect(spam.data).toHaveLength(2);
    vi.setSystemTime(day + 3 * DAY);
    await rollAll();
    expect(await total(site, day)).toBe(0);
    const marks = await env.DB.prepare("SELECT count(*) AS n FROM lead_conversions WHERE site = ?").bind(site).first();
    expect(marks).toEqual({ n: 0 });
  });
});
