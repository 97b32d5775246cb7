import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RetentionRun } from "../../src/core/api/storage";
import { deleteExpired } from "../../src/data/store/retention";
import { createLogger } from "../../src/ops/logger";
import { cutoffAt, retain } from "../../src/ops/retention";
import type { Bounds } from "../../src/ops/retention-work";
import { LEAD_RETENTION_MAX_DAYS } from "../../src/protocol/site";
import { stopClock } from "../support/clock";
import { faults, resetFaults } from "../support/faults";
import { endpoint, leadStub, leadsOf, newSite, receive, settle, submissionsOf, submit } from "../support/leads";
import { everything, tablesIn } from "../support/person";
import { ask, KEY } from "../support/visit";
import { problemOf, read } from "./helpers";

/** Leads of a site that keeps them for so many days only. */

const DAY = 86_400_000;
const log = createLogger("error", {});
/** So small that a run needs several invocations. */
const SMALL: Bounds = { calls: 12, ms: 60_000, page: 20, sessions: 5, events: 20 };

beforeEach(() => stopClock("2031-03-01T12:00:00Z"));

afterEach(async () => {
  await env.DB.prepare("DELETE FROM retention_runs").run();
  vi.restoreAllMocks();
  vi.useRealTimers();
  resetFaults();
});

/** Invocation after invocation until no run is open, and what is reported of the last one. */
async function runToEnd(): Promise<RetentionRun | undefined> {
  const now = Date.now();
  for (let n = 1; n < 100; n++) {
    await retain(env, log, now, { begin: n === 1, bounds: SMALL });
    const { data } = await read<{ data: { retention: { runs: RetentionRun[] } } }>("/analytics/storage");
    const [run] = data.retention.runs;
    if (run?.finished_at) return run;
  }
  throw new Error("retention does not come to an end");
}

const namesOf = async (site: string) => (await leadsOf(site)).map(({ name }) => name).sort();
const pass = (days: number): void => {
  vi.setSystemTime(Date.now() + days * DAY);
};

describe("a site's leads", () => {
  it("go when they have been silent for so long, with submits, claims, deliveries and actors; other sites keep theirs", async () => {
    receive();
    const site = await newSite([endpoint("crm")], { lead_retention_days: 30 });
    const forever = await newSite([]);
    for (const name of ["anna", "bert", "cleo", "dora"]) {
      const { lead_id } = await submit(site, { name, email: `${name}@old.example` });
      await settle(lead_id, Date.now() + DAY);
      await submit(forever, { name, email: `${name}@kept.example` });
    }
    pass(20);
    await submit(site, { name: "anna", email: "anna@old.example", message: "still here" });
    pass(11);
    const before = await submissionsOf(site);
    const run = await runToEnd();
    expect(run).toMatchObject({ leads_deleted: 3, errors: 0 });
    expect(run?.invocations).toBeGreaterThan(1);
    expect(await namesOf(site)).toEqual(["anna"]);
    expect(await namesOf(forever)).toEqual(["anna", "bert", "cleo", "dora"]);
    expect(await everything()).not.toContain("bert@old.example");
    const kept = (await submissionsOf(site)).map(({ submission_id }) => submission_id);
    expect(kept).toHaveLength(2);
    for (const { submission_id: id } of before) {
      if (!kept.includes(id)) expect(await tablesIn(leadStub(String(id)))).toEqual([]);
    }
    for (const table of ["lead_claims", "deliveries"]) {
      const { results } = await env.DB.prepare(`SELECT DISTINCT lead_id FROM ${table} WHERE site = ?`).bind(site).all();
      expect(results, table).toEqual([{ lead_id: kept[0] }]);
    }
    // The one that is left goes as well, when its time has come.
    pass(30);
    expect(await runToEnd()).toMatchObject({ leads_deleted: 1 });
    expect(await namesOf(site)).toEqual([]);
  });

  it("still count when they are gone, for as long as what they came from", async () => {
    const site = await newSite([], { lead_retention_days: 7 });
    const day = Date.now() - (Date.now() % DAY);
    const leads = async () => {
      const range = `site=${site}&from=${day}&to=${day + DAY}`;
      return (await read<{ data: { leads: number } }>(`/analytics/overview?${range}`)).data.leads;
    };
    await submit(site, { email: "anna@old.example" });
    expect(await leads()).toBe(1);
    pass(8);
    await runToEnd();
    expect(await leadsOf(site)).toEqual([]);
    expect(await leads()).toBe(1);
    const count = () => env.DB.prepare("SELECT count(*) AS n FROM lead_conversions WHERE site = ?").bind(site).first();
    expect(await count()).toEqual({ n: 1 });
    pass(90);
    await deleteExpired(env.DB, cutoffAt(Date.now()), { sessions: 100, events: 100 });
    expect(await count()).toEqual({ n: 0 });
  });

  it("stay while they are on their way to a receiver", async () => {
    receive(() => new Response(null, { status: 503 }));
    const site = await newSite([endpoint("crm")], { lead_retention_days: 1 });
    const { lead_id } = await submit(site, { name: "anna", email: "anna@old.example" });
    await settle(lead_id, Date.now() + 1_000);
    pass(2);
    await runToEnd();
    expect(await namesOf(site)).toEqual(["anna"]);
    await settle(lead_id, Date.now() + 10 * DAY);
    pass(1);
    await runToEnd();
    expect(await namesOf(site)).toEqual([]);
  });

  it("are found again by the next invocation when one dies among them", async () => {
    const site = await newSite([], { lead_retention_days: 7 });
    const { lead_id } = await submit(site, { name: "anna", email: "anna@old.example" });
    await submit(site, { name: "anna", email: "anna@old.example", message: "more" });
    pass(8);
    faults.at.set("d1.batch", "lie");
    await retain(env, log, Date.now(), { begin: true, bounds: { ...SMALL, calls: 100 } });
    faults.at.clear();
    expect(await runToEnd()).toMatchObject({ errors: 1 });
    expect(await namesOf(site)).toEqual([]);
    expect(await tablesIn(leadStub(lead_id))).toEqual([]);
  });

  it.each([0, -1, 1.5, LEAD_RETENTION_MAX_DAYS + 1, "30"])("cannot be kept for %s days", async (days) => {
    const body = JSON.stringify({ lead_retention_days: days });
    await problemOf(await ask("/analytics/sites/refused", { method: "PUT", body, headers: KEY }), "invalid_body");
  });

  it("are kept for good where nobody has said otherwise", async () => {
    const { data } = await read<{ data: { lead_retention_days: number | null } }>("/analytics/sites/default");
    expect(data.lead_retention_days).toBe(null);
  });
});
