import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LEAD_OPEN_MS } from "../../src/data/store/leads";
import {
  endpoint,
  fromPage,
  leadRow,
  leadsOf,
  newSite,
  type Received,
  receive,
  SECRET,
  settle,
  submissionsOf,
  submit,
} from "../support/leads";
import { PATIENT } from "../support/patience";
import { ask, KEY, post } from "../support/visit";
import { newId, problemOf, read } from "./helpers";

/** Anybody can type an address: what a stranger sends under it tells the lead nothing, and gives the stranger nothing. */

const VICTIM = {
  email: "victim@shop.example",
  name: "Vera Victim",
  phone: "+4915123456789",
  message: "Call me at home",
};

interface Detail {
  lead_id: string;
  name: string | null;
  phone: string | null;
  message: string | null;
  submissions: number;
  visitor_id: string | null;
  history: { submission_id: string; guest: boolean; contact: { message: string | null } }[];
}

const detailOf = async (id: string): Promise<Detail> => (await read<{ data: Detail }>(`/analytics/leads/${id}`)).data;

interface Exported {
  /** Of a visitor id that nobody can prove, everything is here. */
  unproven?: Exported;
  leads: { lead: { lead_id: string } | null; submissions: { submission_id: string }[] }[];
}

async function exported(path: string): Promise<{ text: string; data: Exported }> {
  const response = await ask(path, { headers: KEY });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return { text, data: (JSON.parse(text) as { data: Exported }).data };
}

async function erased(path: string): Promise<{ d1: { leads: number }; actors: { leads: number } }> {
  const response = await ask(path, { method: "DELETE", headers: KEY });
  const { data } = await response.json<{
    data: { status: string; counts: { d1: { leads: number }; actors: { leads: number } } };
  }>();
  expect(data.status).toBe("complete");
  return data.counts;
}

let received: Received[] = [];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
  received = receive();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The victim's lead with their visitor, and what a stranger sends under their address. */
async function joined(stranger: object = {}) {
  const site = await newSite([endpoint("crm")]);
  const [owner, visitor] = [newId(), newId()];
  const victim = await fromPage(site, { ...VICTIM, visitor_id: owner });
  const guest = await fromPage(site, {
    email: VICTIM.email,
    visitor_id: visitor,
    name: "Mallory",
    phone: "+4915199999999",
    message: "I take this over",
    ...stranger,
  });
  await settle(victim.lead_id);
  await settle(guest.lead_id);
  // What the guest has handed on.
  await settle(victim.lead_id);
  return { site, owner, visitor, victim, guest };
}

describe("a stranger who names a known address", () => {
  it("is told nothing of it: the answer is as of any other", async () => {
    const { victim, guest } = await joined();
    expect([victim.status, guest.status]).toEqual(["accepted", "accepted"]);
    expect(guest.lead_id).not.toBe(victim.lead_id);
  });

  it("changes nothing of the lead but that there was one more, which shows its own words", async () => {
    const { site, owner, victim, guest } = await joined();
    expect(await leadsOf(site)).toHaveLength(1);
    const { history, ...lead } = await detailOf(victim.lead_id);
    expect(lead).toMatchObject({
      name: VICTIM.name,
      phone: VICTIM.phone,
      message: VICTIM.message,
      visitor_id: owner,
      submissions: 2,
    });
    expect(history).toMatchObject([
      { submission_id: victim.lead_id, guest: false, contact: { message: VICTIM.message } },
      { submission_id: guest.lead_id, guest: true, contact: { message: "I take this over", phone: "+4915199999999" } },
    ]);
    expect((await detailOf(guest.lead_id)).lead_id).toBe(victim.lead_id);
  });

  it.each([
    ["names another phone where the lead has none", { message: "x" }],
    ["names no visitor", { visitor_id: undefined }],
  ])("and %s fills in nothing", async (_, stranger) => {
    const site = await newSite([]);
    const { lead_id } = await fromPage(site, { email: VICTIM.email });
    await fromPage(site, {
      email: VICTIM.email,
      phone: "+4915199999999",
      project: "Theirs",
      visitor_id: newId(),
      ...stranger,
    });
    expect(await leadRow(lead_id)).toMatchObject({
      phone: null,
      project: null,
      message: null,
      visitor_id: null,
      submissions: 2,
    });
  });

  it("joins by a phone alone, too, and is a guest there", async () => {
    const site = await newSite([]);
    const { lead_id } = await fromPage(site, { phone: VICTIM.phone, name: "Vera", visitor_id: newId() });
    await fromPage(site, { phone: VICTIM.phone, message: "Mine now", visitor_id: newId() });
    expect(await leadRow(lead_id)).toMatchObject({ message: null, submissions: 2 });
  });

  it("is marked in the webhook, so that the receiver's own record learns nothing", async () => {
    const { victim, guest } = await joined();
    const own = () => received.filter(({ data }) => data.lead?.["lead_id"] === victim.lead_id);
    // At least once: a message that comes again is the same one.
    const once = () => [...new Map(own().map((message) => [message.id, message])).values()];
    // The runtime may be ringing an alarm itself: then none is set, and the message is on its way.
    const arrived = async (): Promise<number> => {
      for (const { lead_id } of [guest, victim]) await settle(lead_id);
      return once().length;
    };
    await expect.poll(arrived, PATIENT).toBe(2);
    expect(once().map(({ data }) => data.lead)).toMatchObject([
      { lead_id: victim.lead_id, guest: false },
      { lead_id: victim.lead_id, submission_id: guest.lead_id, guest: true, message: "I take this over" },
    ]);
  });

  it("finds in an export their own submit, and nothing of the lead", async () => {
    const { visitor, guest } = await joined();
    const { text, data } = await exported(`/analytics/visitors/${visitor}/export`);
    expect(data.unproven?.leads).toMatchObject([{ lead: null, submissions: [{ submission_id: guest.lead_id }] }]);
    for (const secret of [VICTIM.name, VICTIM.phone, VICTIM.message]) expect(text).not.toContain(secret);
  });

  it("is not in the victim's export", async () => {
    const { owner, victim } = await joined();
    const { text, data } = await exported(`/analytics/visitors/${owner}/export`);
    expect(data.unproven?.leads).toMatchObject([
      { lead: { lead_id: victim.lead_id }, submissions: [{ submission_id: victim.lead_id }] },
    ]);
    expect(text).not.toContain("I take this over");
  });

  it("is erased without the lead, from the receiver's queue too", async () => {
    const { site, visitor, victim, guest } = await joined();
    expect((await erased(`/analytics/visitors/${visitor}`)).d1.leads).toBe(0);
    const detail = await detailOf(victim.lead_id);
    expect(detail).toMatchObject({ name: VICTIM.name, submissions: 1, history: [{ submission_id: victim.lead_id }] });
    expect(await submissionsOf(site)).toHaveLength(1);
    const { results } = await env.DB.prepare("SELECT lead_id FROM lead_claims WHERE lead_id = ?")
      .bind(guest.lead_id)
      .all();
    expect(results).toEqual([]);
    await problemOf(await ask(`/analytics/visitors/${visitor}/export`, { headers: KEY }), "not_found");
    // Nothing more goes out of what was said.
    await post("/analytics/deliveries/redeliver", { state: "dead", site }, { headers: KEY });
    expect(JSON.stringify(await detailOf(victim.lead_id))).not.toContain("I take this over");
  });

  it("leaves the lead, once erased, as if it had never been there", async () => {
    const { site, visitor, victim } = await joined();
    const before = await leadRow(victim.lead_id);
    vi.setSystemTime(Date.now() + 2 * LEAD_OPEN_MS);
    const late = await fromPage(site, { email: VICTIM.email, visitor_id: visitor, message: "Again" });
    await settle(late.lead_id);
    expect(await leadRow(victim.lead_id)).toMatchObject({ submissions: 3 });
    expect((await leadRow(victim.lead_id))?.["opened_at"]).not.toBe(before?.["opened_at"]);
    await erased(`/analytics/visitors/${visitor}`);
    const after = await leadRow(victim.lead_id);
    expect(after).toMatchObject({
      opened_at: before?.["opened_at"],
      last_submission_at: before?.["created_at"],
      submissions: 1,
    });
  });

  it("stays when the lead's own visitor is erased, as a lead of its own", async () => {
    const { site, owner, victim, guest } = await joined();
    const third = await fromPage(site, { email: VICTIM.email, visitor_id: newId(), message: "A third one" });
    await settle(third.lead_id);
    expect((await erased(`/analytics/visitors/${owner}`)).d1.leads).toBe(1);
    expect((await leadsOf(site)).map(({ lead_id }) => lead_id)).toEqual([guest.lead_id]);
    const { history, ...lead } = await detailOf(guest.lead_id);
    expect(lead).toMatchObject({ name: "Mallory", message: "I take this over", submissions: 2 });
    expect(history).toMatchObject([
      { submission_id: guest.lead_id, guest: false },
      { submission_id: third.lead_id, guest: true },
    ]);
    expect(JSON.stringify({ lead, history })).not.toContain(VICTIM.message);
    expect((await submit(site, { email: VICTIM.email })).lead_id).toBe(guest.lead_id);
    await problemOf(await ask(`/analytics/leads/${victim.lead_id}`, { headers: KEY }), "not_found");
  });

  it("can have its own submit erased by its id, and not the lead", async () => {
    const { site, victim, guest } = await joined();
    await erased(`/analytics/leads/${guest.lead_id}`);
    expect(await submissionsOf(site)).toHaveLength(1);
    expect(await detailOf(victim.lead_id)).toMatchObject({ name: VICTIM.name, submissions: 1 });
  });

  it("is no way to the victim by the stranger's own phone", async () => {
    const { site, victim } = await joined();
    const phone = encodeURIComponent("+4915199999999");
    const { text } = await exported(`/analytics/people?phone=${phone}&site=${site}`);
    expect(text).not.toContain(VICTIM.message);
    await erased(`/analytics/people?phone=${phone}&site=${site}`);
    expect((await detailOf(victim.lead_id)).submissions).toBe(1);
  });

  it("goes with the person when that is erased by the address that both have named", async () => {
    const { site } = await joined();
    const { data } = await exported(`/analytics/people?email=${VICTIM.email}&site=${site}`);
    expect(data.leads.flatMap(({ submissions }) => submissions)).toHaveLength(2);
    await erased(`/analytics/people?email=${VICTIM.email}&site=${site}`);
    expect(await submissionsOf(site)).toEqual([]);
  });
});

describe("who is not a stranger", () => {
  it("comes from the device that the lead knows", async () => {
    const site = await newSite([]);
    const visitor_id = newId();
    const { lead_id } = await fromPage(site, { ...VICTIM, visitor_id });
    await fromPage(site, { email: VICTIM.email, visitor_id, message: "Once more" });
    expect(await leadRow(lead_id)).toMatchObject({ message: "Once more", submissions: 2 });
    expect(await submissionsOf(site)).toMatchObject([{ guest: 0 }, { guest: 0 }]);
  });

  it("is vouched for by a key, which is told whose lead it is", async () => {
    const site = await newSite([]);
    const { lead_id } = await fromPage(site, { ...VICTIM, visitor_id: newId() });
    const again = await submit(site, { email: VICTIM.email, message: "By the server" });
    expect(again).toEqual({ lead_id, status: "merged" });
    expect(await leadRow(lead_id)).toMatchObject({ message: "By the server" });
  });
});

describe("the id that a page was told", () => {
  it("is taken by the CRM's callback for the lead's", async () => {
    const { victim, guest } = await joined();
    const { Webhook } = await import("standardwebhooks");
    const body = JSON.stringify({ lead_id: guest.lead_id, status: "won", crm_id: "c-1" });
    vi.useRealTimers();
    const at = new Date();
    const signature = new Webhook(SECRET).sign("msg_1", at, body);
    const headers = {
      "webhook-id": "msg_1",
      "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
      "webhook-signature": signature,
    };
    const response = await post("/lead/callback", body, { headers });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ lead_id: victim.lead_id });
  });
});
