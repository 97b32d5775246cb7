import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BREAKER_FAILURES } from "../../src/core/leads/breaker";
import { WEBHOOK_SCHEDULE_MS } from "../../src/core/leads/schedule";
import { stopClock } from "../support/clock";
import { type Fault, faults, resetFaults } from "../support/faults";
import {
  deliveriesOf,
  endpoint,
  evictLead,
  leadAlarm,
  leadAlarmAt,
  leadStub,
  leadsOf,
  newSite,
  receive,
  redeliverAll,
  settle,
  submissionsOf,
  submit,
} from "../support/leads";

/** P9: a lead answered 202 is delivered at least once, or is a dead letter; whatever dies between any two steps. */

const FAULTS: Fault[] = ["refuse", "lie", "dieBefore", "dieAfter"];
/** Every call that a lead's actor makes outside itself. */
const POINTS = ["d1.batch", "lead.adopt", "endpoint.permit", "endpoint.report"] as const;
const seen = new Set<string>();
const HOUR = 3_600_000;

beforeEach(() => stopClock("2031-10-01T12:00:00Z"));

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  for (const { point } of faults.calls) seen.add(point);
  resetFaults();
});

/** Alarms as far as the fault lets them go; one that is killed says so by rejecting. */
async function strike(ids: string[]): Promise<void> {
  for (let i = 0; i < 3; i++) {
    for (const id of ids) {
      const at = await leadAlarmAt(id);
      if (at === null) continue;
      vi.setSystemTime(Math.max(Date.now(), at));
      await leadAlarm(id).catch(() => {});
    }
  }
}

/** The client's part: it sends again, with the same key, until it is answered 202. */
async function insist(site: string, body: { submission_id: string; email: string }) {
  for (let i = 0; i < 10; i++) {
    try {
      return await submit(site, body);
    } catch (error) {
      if (!/^50[03]|killed|broken|outputGate/.test(String(error).replace("Error: ", ""))) throw error;
      faults.at.clear();
    }
  }
  throw new Error("never taken");
}

it.each(POINTS.flatMap((point) => FAULTS.map((fault) => [point, fault] as const)))(
  "a lead and what merges into it are each delivered in order when %s meets %s",
  async (point, fault) => {
    const received = receive();
    const site = await newSite();
    faults.at.set(point, fault);
    const first = await insist(site, { submission_id: "a", email: "p@shop.example" });
    await strike([first.lead_id]);
    const second = await insist(site, { submission_id: "b", email: "p@shop.example" });
    const leads = [...new Set([first.lead_id, second.lead_id])];
    const known = await submissionsOf(site);
    const actors = [...new Set([...leads, ...known.map(({ submission_id }) => String(submission_id))])];
    await strike(actors);
    faults.at.clear();
    for (const id of actors) await evictLead(id);
    for (let i = 0; i < 3; i++) for (const id of actors) await settle(id, Date.now() + 50 * 3_600_000);

    const rows = await leadsOf(site);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ submissions: 2 });
    const submissions = await submissionsOf(site);
    expect(submissions.map(({ outcome }) => outcome).sort()).toEqual(["created", "merged"]);
    const told = [...new Set(received.map(({ id }) => id))];
    expect(told).toHaveLength(2);
    const order = received.map(({ type }) => type);
    expect(order.indexOf("lead.created")).toBeLessThan(order.indexOf("lead.merged"));
    expect(order.lastIndexOf("lead.created")).toBeLessThan(order.indexOf("lead.merged"));
    expect(await deliveriesOf(site)).toMatchObject([{ state: "delivered" }, { state: "delivered" }]);
  },
);

it.each(["before", "after"] as const)(
  "a process that dies %s the receiver has heard sends it again under one id",
  async (when) => {
    let died = false;
    const received = receive(async (message) => {
      if (!died) {
        died = true;
        if (when === "before") received.splice(received.indexOf(message), 1);
        await evictLead(String(message.data.lead["lead_id"]));
      }
      return new Response(null, { status: 200 });
    });
    const site = await newSite();
    const { lead_id } = await submit(site, { email: "p@shop.example" });
    await settle(lead_id);
    expect(received.length).toBe(when === "before" ? 1 : 2);
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
    expect(await deliveriesOf(site)).toMatchObject([{ state: "delivered" }]);
  },
);

it("takes leads while D1 is away, and finds out later whose they are", async () => {
  const received = receive();
  const site = await newSite();
  faults.at.set("d1.batch", "refuse");
  const taken = [];
  for (const id of ["a", "b", "c"]) taken.push(await submit(site, { submission_id: id, email: "p@shop.example" }));
  expect(taken.map(({ status }) => status)).toEqual(["accepted", "accepted", "accepted"]);
  expect(await leadsOf(site)).toEqual([]);
  const again = await submit(site, { submission_id: "a", email: "p@shop.example" });
  expect(again.lead_id).toBe(taken[0]?.lead_id);
  faults.at.clear();
  for (let i = 0; i < 2; i++) for (const { lead_id } of taken) await settle(lead_id);
  expect(await leadsOf(site)).toMatchObject([{ submissions: 3 }]);
  expect(received.map(({ type }) => type)).toEqual(["lead.created", "lead.merged", "lead.merged"]);
  expect(received.map(({ data }) => data.lead["submission_id"]).sort()).toEqual(
    taken.map(({ lead_id }) => lead_id).sort(),
  );
});

it("a lead that another merges into before it has heard of its own claim is still told of first", async () => {
  const received = receive();
  const site = await newSite();
  // D1 has the claim, and the lead's actor does not know it.
  faults.at.set("d1.batch", "lie");
  const first = await submit(site, { submission_id: "a", email: "p@shop.example" });
  faults.at.clear();
  vi.setSystemTime(Date.now() + 1_000);
  const second = await submit(site, { submission_id: "b", email: "p@shop.example" });
  expect(second).toEqual({ lead_id: first.lead_id, status: "merged" });
  const [, merged] = await submissionsOf(site);
  await leadAlarm(String(merged?.["submission_id"]));
  await settle(first.lead_id);
  expect(received.map(({ type }) => type)).toEqual(["lead.created", "lead.merged"]);
});

it("a submit is taken by an actor that was erased and has only adopted another's since", async () => {
  const received = receive();
  const site = await newSite();
  const body = { submission_id: "a", email: "p@shop.example" };
  const { lead_id } = await submit(site, body);
  await settle(lead_id);
  faults.at.set("lead.adopt", "refuse");
  vi.setSystemTime(Date.now() + 1_000);
  await submit(site, { submission_id: "b", email: "p@shop.example" });
  const [, merged] = await submissionsOf(site);
  await leadAlarm(String(merged?.["submission_id"]));
  await leadStub(lead_id).erase(lead_id);
  faults.at.clear();
  // Not until its own actor is wiped: by then the first one's name has aged out.
  await settle(String(merged?.["submission_id"]), Date.now() + HOUR);
  expect(await submit(site, body)).toEqual({ lead_id, status: "accepted" });
  await settle(lead_id);
  expect(await leadsOf(site)).toMatchObject([{ lead_id, email: "p@shop.example", submissions: 1 }]);
  expect(received.map(({ type }) => type)).toEqual(["lead.created", "lead.merged", "lead.created"]);
});

it("a delivery that is never its turn to be tried is a dead letter after twice the schedule, not before", async () => {
  const received = receive();
  const site = await newSite();
  const breaker = env.ENDPOINT.getByName(`${site}/crm`);
  const runAt = async (time: number): Promise<void> => {
    vi.setSystemTime(time);
    // Other leads' deliveries fail, and keep the breaker open.
    for (let i = 0; i < BREAKER_FAILURES; i++) await breaker.report(site, "crm", { kind: "failed", reason: "timeout" });
    await leadAlarm(lead_id);
  };
  const { lead_id } = await submit(site, { email: "p@shop.example" });
  const began = Date.now();
  const expiry = 2 * WEBHOOK_SCHEDULE_MS.reduce((sum, wait) => sum + wait, 0);
  for (const time of [began, began + expiry - HOUR]) {
    await runAt(time);
    expect(await deliveriesOf(site)).toMatchObject([{ state: "pending", attempts: 0 }]);
  }
  await runAt(began + expiry + HOUR);
  expect(await deliveriesOf(site)).toMatchObject([{ state: "dead", attempts: 0, reason: "expired" }]);
  // Sent again by hand it has as long once more.
  await redeliverAll(site);
  await runAt(Date.now());
  expect(await deliveriesOf(site)).toMatchObject([{ state: "pending", attempts: 0 }]);
  expect(received).toEqual([]);
});

it("holds back neither another endpoint nor another lead while one endpoint fails for a day and a half", async () => {
  const received = receive((message) => {
    if (!message.url.includes("down")) return new Response(null, { status: 200 });
    return Date.now() < Date.parse("2031-10-03T00:00:00Z") ? new Error("connection refused") : new Response("ok");
  });
  const site = await newSite([endpoint("down"), endpoint("up")]);
  const leads = [];
  for (let i = 0; i < 4; i++) leads.push(await submit(site, { email: `p${i}@shop.example` }));
  const soon = Date.now() + 60_000;
  for (const { lead_id } of leads) await settle(lead_id, soon);
  expect(new Set(received.filter(({ url }) => url.includes("up")).map(({ id }) => id)).size).toBe(4);
  // Alarm by alarm, whichever lead's is next, as time goes.
  for (let i = 0; i < 3_000; i++) {
    const due = await Promise.all(leads.map(async ({ lead_id }) => ({ lead_id, at: await leadAlarmAt(lead_id) })));
    const next = due.filter(({ at }) => at !== null).sort((a, b) => (a.at ?? 0) - (b.at ?? 0))[0];
    if (!next || (next.at ?? 0) > Date.parse("2031-10-06T00:00:00Z")) break;
    vi.setSystemTime(Math.max(Date.now(), next.at ?? 0));
    await leadAlarm(next.lead_id);
  }
  const deliveries = await deliveriesOf(site);
  expect(deliveries.filter(({ endpoint_id }) => endpoint_id === "up").every(({ state }) => state === "delivered")).toBe(
    true,
  );
  const down = deliveries.filter(({ endpoint_id }) => endpoint_id === "down");
  expect(down.map(({ state }) => state)).toEqual(Array(4).fill("delivered"));
});

it("met every call that a lead's actor makes outside itself", () => {
  expect(POINTS.filter((point) => !seen.has(point))).toEqual([]);
});
