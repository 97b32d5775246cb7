import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Env } from "../../src/bindings";
import { ALERT_COOLDOWN_MS } from "../../src/core/alerts/alert";
import { BUDGETS } from "../../src/core/budget/name";
import { runCron } from "../../src/cron";
import { DATABASE_MAX_BYTES, DATABASE_SHED_BYTES } from "../../src/limits";
import { ALERT_FAILING_MS, DATABASE_ALERT_BYTES } from "../../src/ops/alerts";
import { createLogger } from "../../src/ops/logger";
import { dayOf } from "../../src/time";
import { stopClock, tick, tickUntilDrained } from "../support/clock";
import { faults, faultyDatabase, resetFaults } from "../support/faults";
import { endpoint, newSite, type Received, receive, settle, submit } from "../support/leads";
import { callOf, someEvents, take } from "../support/visit";

/** Each alert fires once in an injected case, by way of the cron and the site's own webhook, and not again. */

beforeEach(() => stopClock("2031-12-02T10:00:00Z"));

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  resetFaults();
});

const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;
const log = createLogger("error", {});
const quiet: Partial<Env> = { LOG_LEVEL: "error" };
const world = { ...env, ...quiet } as Env;

/** One run of the five-minute cron, and whatever the site's alerts then have to send. */
async function cron(site: string): Promise<void> {
  await runCron("*/5 * * * *", world, log, Date.now());
  await runDurableObjectAlarm(env.ALERTS.getByName(site));
}

/** Runs the cron every five minutes for so long. */
async function cronFor(site: string, ms: number): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end; vi.setSystemTime(Date.now() + 5 * MINUTE)) await cron(site);
}

const alertsIn = (received: readonly Received[]): string[] =>
  received.map(({ type }) => type).filter((type) => type.startsWith("alert."));

/** Leads as D1 has them, at these times. */
async function pastLeads(site: string, times: readonly number[]): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO lead_submissions (submission_id, lead_id, site, received_at, outcome, contact, evidence)
     SELECT ?1 || '-' || key, ?1 || '-' || key, ?1, value, 'created', '{}', '{}' FROM json_each(?2)`,
  )
    .bind(site, JSON.stringify(times))
    .run();
}

it("no leads, on a site that has them at this time of every week", async () => {
  const received = receive();
  const site = await newSite();
  const now = Date.now();
  const minutely = (from: number, to: number) =>
    Array.from({ length: Math.floor((to - from) / (2 * MINUTE)) }, (_, i) => from + i * 2 * MINUTE);
  const weeks = [1, 2, 3, 4].flatMap((n) =>
    minutely(now - n * WEEK - 2 * 60 * MINUTE, now - n * WEEK + 3 * 60 * MINUTE),
  );
  await pastLeads(site, [...weeks, ...minutely(now - 60 * MINUTE, now)]);
  await cronFor(site, 20 * MINUTE);
  expect(alertsIn(received)).toEqual([]);
  await cronFor(site, 60 * MINUTE);
  expect(alertsIn(received)).toEqual(["alert.no_leads"]);
  expect(received[0]?.data).toMatchObject({
    site,
    alert: "no_leads",
    minutes: 32,
    usually_at_least: expect.any(Number),
  });
  // A lead ends it.
  const { lead_id } = await submit(site, { email: "anna@shop.example" });
  await settle(lead_id, Date.now() + MINUTE);
  await cronFor(site, 20 * MINUTE);
  expect(alertsIn(received)).toEqual(["alert.no_leads"]);
});

it("dead letters", async () => {
  const received = receive(({ type }) => new Response("no", { status: type.startsWith("lead.") ? 422 : 200 }));
  const site = await newSite();
  await cron(site);
  expect(received).toEqual([]);
  for (const name of ["a", "b"]) {
    const { lead_id } = await submit(site, { email: `${name}@shop.example` });
    await settle(lead_id);
  }
  await cronFor(site, 30 * MINUTE);
  expect(alertsIn(received)).toEqual(["alert.dead_letters"]);
  expect(received.at(-1)?.data).toMatchObject({ site, deliveries: 2 });
  // Once they are an hour old they are over; the next one within the cooldown is not said again, one after it is.
  await cronFor(site, 60 * MINUTE);
  await settle((await submit(site, { email: "c@shop.example" })).lead_id, Date.now() + MINUTE);
  await cronFor(site, 10 * MINUTE);
  expect(alertsIn(received)).toHaveLength(1);
  vi.setSystemTime(Date.now() + ALERT_COOLDOWN_MS);
  await cron(site);
  await settle((await submit(site, { email: "d@shop.example" })).lead_id, Date.now() + MINUTE);
  await cron(site);
  expect(alertsIn(received)).toHaveLength(2);
});

it("a failing endpoint, by way of another", async () => {
  const received = receive(({ url }) => (url.includes("down") ? new Error("refused") : new Response("ok")));
  const site = await newSite([endpoint("down"), endpoint("up")]);
  const leads = [];
  for (let i = 0; i < 5; i++) leads.push((await submit(site, { email: `n${i}@shop.example` })).lead_id);
  for (const lead of leads) await settle(lead, Date.now() + MINUTE);
  await runDurableObjectAlarm(env.ENDPOINT.getByName(`${site}/down`));
  await cron(site);
  expect(alertsIn(received)).toEqual([]);
  vi.setSystemTime(Date.now() + ALERT_FAILING_MS);
  for (const lead of leads) await settle(lead, Date.now() + MINUTE);
  await cronFor(site, 30 * MINUTE);
  const heard = received.filter(({ type, url }) => type.startsWith("alert.") && url.includes("up"));
  expect(heard).toMatchObject([{ type: "alert.endpoint_failing", data: { endpoint_id: "down", reason: "network" } }]);
});

it("an endpoint that is gone, at once", async () => {
  const received = receive(({ url }) => new Response(null, { status: url.includes("gone") ? 410 : 200 }));
  const site = await newSite([endpoint("gone"), endpoint("up")]);
  await settle((await submit(site, { email: "a@shop.example" })).lead_id);
  // The endpoint's own alarm tells D1.
  await runDurableObjectAlarm(env.ENDPOINT.getByName(`${site}/gone`));
  await cronFor(site, 15 * MINUTE);
  const heard = received.filter(({ type, url }) => type.startsWith("alert.") && url.includes("up"));
  expect(heard.map(({ type }) => type).sort()).toEqual(["alert.dead_letters", "alert.endpoint_failing"]);
});

it("sessions that cannot write themselves out", async () => {
  const received = receive();
  const site = await newSite();
  faults.at.set("d1.batch", "refuse");
  const ids = [crypto.randomUUID(), crypto.randomUUID()];
  for (const id of ids) await take(callOf(id, { site, events: someEvents(3) }));
  for (let i = 0; i < 5; i++) for (const id of ids) await tick(id);
  await cron(site);
  expect(alertsIn(received)).toEqual([]);
  for (let i = 0; i < 3; i++) for (const id of ids) await tick(id);
  await cronFor(site, 20 * MINUTE);
  expect(received.filter(({ type }) => type.startsWith("alert."))).toMatchObject([
    { type: "alert.flush_stuck", data: { site, sessions: 2 } },
  ]);
});

it("of the sessions that cannot write themselves out, none that can again", async () => {
  const received = receive();
  const site = await newSite();
  const stuck = async (): Promise<string> => {
    const id = crypto.randomUUID();
    faults.at.set("d1.batch", "refuse");
    await take(callOf(id, { site, events: someEvents(3) }));
    for (let i = 0; i < 8; i++) await tick(id);
    return id;
  };
  const mended = await stuck();
  faults.at.clear();
  await tickUntilDrained(mended);
  await stuck();
  await cron(site);
  expect(received).toMatchObject([{ type: "alert.flush_stuck", data: { site, sessions: 1 } }]);
});

it("a site that has spent most of its budget of the day, once, and the next day again", async () => {
  const received = receive();
  const site = await newSite([endpoint("crm")], { budgets: { site_bytes_per_day: 1_000_000 } });
  const spend = (bytes: number) =>
    env.BUDGET.getByName(BUDGETS).add({ day: dayOf(Date.now()), sums: { [site]: bytes } });
  await spend(799_999);
  await cronFor(site, 15 * MINUTE);
  expect(alertsIn(received)).toEqual([]);
  await spend(50_001);
  await cronFor(site, 15 * MINUTE);
  expect(received).toMatchObject([
    { type: "alert.budget_spending", data: { site, spent_bytes: 850_000, budget_bytes: 1_000_000, percent: 85 } },
  ]);
  vi.setSystemTime(Date.now() + 24 * 60 * MINUTE);
  await cronFor(site, 10 * MINUTE);
  expect(alertsIn(received)).toHaveLength(1);
  await spend(900_000);
  await cronFor(site, 10 * MINUTE);
  expect(alertsIn(received)).toEqual(["alert.budget_spending", "alert.budget_spending"]);
});

it("a database that fills", async () => {
  const received = receive();
  const site = await newSite();
  const caller = { id: env.ALERTS.idFromName(site), die: () => {} };
  const filling = { ...world, DB: faultyDatabase(env.DB, caller) };
  const look = async () => {
    await runCron("*/5 * * * *", filling, log, Date.now());
    await runDurableObjectAlarm(env.ALERTS.getByName(site));
  };
  faults.databaseBytes = DATABASE_ALERT_BYTES - 1;
  await look();
  expect(alertsIn(received)).toEqual([]);
  faults.databaseBytes = DATABASE_ALERT_BYTES;
  await look();
  expect(received).toMatchObject([
    {
      type: "alert.database_filling",
      data: {
        site,
        database_bytes: DATABASE_ALERT_BYTES,
        max_bytes: DATABASE_MAX_BYTES,
        archive_only_from_bytes: DATABASE_SHED_BYTES,
      },
    },
  ]);
});
