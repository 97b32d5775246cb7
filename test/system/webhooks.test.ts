import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openReceiver, SECRET } from "../local/receiver.ts";
import { type LocalServer, startServer } from "../local/server.ts";
import { until } from "../local/until.ts";
import { wait } from "./helpers";

/** The same code as with the usual schedule, a few thousand times faster at first. */
const FAST = {
  RATE_LIMIT: "off",
  WEBHOOK_SCHEDULE_MS: "200,300,400,500,1000,2000,4000,6000",
  WEBHOOK_TIMEOUT_MS: "1000",
};

/** With patience for a machine that is slow besides the kills: a delivery is given up at twice its schedule's length. */
const PATIENT = { ...FAST, WEBHOOK_SCHEDULE_MS: `${FAST.WEBHOOK_SCHEDULE_MS},10000,20000,30000` };

let server: LocalServer;

function servedWith(env: Record<string, string>): void {
  beforeAll(async () => {
    server = await startServer({ lean: true, env });
  });
  afterAll(() => server?.stop());
}

interface Delivery {
  delivery_id: string;
  lead_id: string;
  endpoint_id: string;
  seq: number;
  state: string;
  attempts: number;
  status: number | null;
  reason: string | null;
  response: string | null;
}

async function newSite(webhooks: { id: string; url: string }[]): Promise<string> {
  const site = `s-${crypto.randomUUID()}`;
  const body = JSON.stringify({
    allowed_origins: ["*"],
    webhooks: webhooks.map((one) => ({ ...one, secrets: [SECRET] })),
  });
  const response = await server.api(`/analytics/sites/${site}`, { method: "PUT", body });
  expect(response.status, await response.clone().text()).toBe(200);
  return site;
}

async function submit(site: string, lead: object): Promise<string | null> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(lead) };
  try {
    const response = await fetch(`${server.url}/lead?site=${site}`, { ...init, signal: AbortSignal.timeout(15_000) });
    return response.status === 202 ? ((await response.json()) as { lead_id: string }).lead_id : null;
  } catch {
    return null;
  }
}

async function deliveries(site: string): Promise<Delivery[]> {
  const found: Delivery[] = [];
  let cursor = "";
  do {
    const response = await server.api(`/analytics/deliveries?site=${site}&limit=100${cursor}`);
    if (!response.ok) throw new Error(await response.text());
    const page = (await response.json()) as { data: Delivery[]; next_cursor: string | null };
    found.push(...page.data);
    cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : "";
    if (!page.next_cursor) break;
  } while (cursor);
  return found;
}

const settled = (site: string, count: number) => async (): Promise<boolean> => {
  const all = await deliveries(site).catch(() => []);
  return all.length >= count && all.every(({ state }) => state !== "pending");
};

const WAYS = ["timeout", "reset", "500", "429", "slow_body", "half_body", "half_head", "huge_refusal"] as const;

describe("a server that is killed", () => {
  servedWith(PATIENT);

  test("whatever way the receiver fails, and killed again and again meanwhile, every lead arrives", {
    timeout: 240_000,
  }, async () => {
    // Each lead's receiver fails in its own way, twice; the other endpoint never does.
    const receiver = await openReceiver(({ path, body }, n) => {
      const way = WAYS.find((one) => one === body.data.lead["project"]);
      return path === "/crm" && way && n <= 2 ? way : "ok";
    });
    const site = await newSite([
      { id: "crm", url: `${receiver.url}/crm` },
      { id: "copy", url: `${receiver.url}/copy` },
    ]);
    const promised: string[] = [];
    for (let round = 0; round < 3; round++) {
      const sending = WAYS.flatMap((project) =>
        [1, 2].map(async (i) => {
          const key = `${round}-${project}-${i}`;
          const lead = { email: `${key}@shop.example`, name: key, project, submission_id: key };
          // A client that hears nothing sends again, as form.js does.
          let id: string | null = null;
          await until(async () => {
            id = await submit(site, lead);
            return id !== null;
          }, `${key} to be taken`);
          return id ?? "";
        }),
      );
      await wait(300 + Math.random() * 1_500);
      await server.restart();
      promised.push(...(await Promise.all(sending)));
    }
    await until(settled(site, promised.length * 2), "every delivery to be settled", 120_000);

    const all = await deliveries(site);
    expect(new Set(promised).size).toBe(promised.length);
    for (const lead_id of promised) {
      const own = all.filter((delivery) => delivery.lead_id === lead_id);
      expect(own.map(({ endpoint_id, state }) => `${endpoint_id} ${state}`).sort()).toEqual([
        "copy delivered",
        "crm delivered",
      ]);
      for (const { delivery_id } of own) {
        const heard = receiver.received.filter(({ id, manner }) => id === delivery_id && manner === "ok");
        expect(heard.length).toBeGreaterThanOrEqual(1);
        expect(heard.every(({ body }) => body.data.lead["lead_id"] === lead_id)).toBe(true);
      }
    }
    // One id for each lead and endpoint, whatever was repeated.
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(promised.length * 2);
    expect(receiver.faults).toEqual([]);
    const extra = receiver.received.filter(({ manner }) => manner === "ok").length - promised.length * 2;
    process.stdout.write(
      `webhooks: ${promised.length} leads, ${WAYS.length} ways to fail, 3 kills: ${receiver.received.length} attempts, ` +
        `${promised.length * 2} deliveries, ${extra} delivered more than once\n`,
    );
    await receiver.close();
  });
});

describe("a server that is left in peace", () => {
  servedWith(FAST);

  test("what no retry can mend is a dead letter with its reason, and can be sent again by hand", async () => {
    let isMended = false;
    const receiver = await openReceiver(({ body }) => {
      if (isMended) return "ok";
      return body.data.lead["project"] as "422" | "redirect" | "500" | "garbage" | "wrong_length";
    });
    const site = await newSite([{ id: "crm", url: `${receiver.url}/crm` }]);
    for (const project of ["422", "redirect", "500", "garbage", "wrong_length"]) {
      expect(await submit(site, { email: `${project}@shop.example`, project })).not.toBeNull();
    }
    await until(settled(site, 5), "every delivery to be settled", 90_000);
    const outcome = async () => {
      const projects = new Map(receiver.received.map(({ id, body }) => [id, body.data.lead["project"]]));
      const all = await deliveries(site);
      return Object.fromEntries(all.map((one) => [projects.get(one.delivery_id), one]));
    };
    expect(await outcome()).toMatchObject({
      "422": { state: "dead", attempts: 1, status: 422, reason: "http_422", response: "no: 422" },
      redirect: { state: "dead", attempts: 1, status: 302, reason: "redirect" },
      "500": { state: "dead", attempts: 9, status: 500, reason: "http_500", response: "no: 500" },
      garbage: { state: "delivered", attempts: 1, status: 200 },
      wrong_length: { state: "delivered", attempts: 1, status: 200 },
    });
    expect(receiver.received.filter(({ path }) => path === "/elsewhere")).toEqual([]);

    isMended = true;
    const body = JSON.stringify({ state: "dead", site });
    const response = await server.api("/analytics/deliveries/redeliver", { method: "POST", body });
    expect(((await response.json()) as { data: { redelivered: string[] } }).data.redelivered).toHaveLength(3);
    await until(
      async () => (await deliveries(site)).every(({ state }) => state === "delivered"),
      "the dead to be delivered",
    );
    await receiver.close();
  });

  test("a slow or failing endpoint holds up neither another lead nor another endpoint; 410 disables it", async () => {
    const receiver = await openReceiver(({ path }) =>
      path === "/gone" ? "410" : path === "/hangs" ? "timeout" : "ok",
    );
    const site = await newSite(["gone", "hangs", "good"].map((id) => ({ id, url: `${receiver.url}/${id}` })));
    const began = Date.now();
    for (let i = 0; i < 5; i++) expect(await submit(site, { email: `n${i}@shop.example` })).not.toBeNull();
    const good = () => receiver.received.filter(({ path }) => path === "/good");
    await until(() => good().length === 5, "the good endpoint to have them all");
    expect(Date.now() - began).toBeLessThan(5_000);
    await until(async () => {
      const gone = (await deliveries(site)).filter(({ endpoint_id }) => endpoint_id === "gone");
      return gone.length === 5 && gone.every(({ state }) => state === "dead");
    }, "the endpoint that is gone to be given up");
    const gone = (await deliveries(site)).filter(({ endpoint_id }) => endpoint_id === "gone");
    expect(gone.map(({ reason }) => reason)).toContain("http_410");
    const asked = receiver.received.filter(({ path }) => path === "/gone").length;
    expect(await submit(site, { email: "later@shop.example" })).not.toBeNull();
    await until(() => good().length === 6, "the next lead");
    await wait(500);
    expect(receiver.received.filter(({ path }) => path === "/gone")).toHaveLength(asked);
    await receiver.close();
  });

  test("Retry-After is honoured", async () => {
    const receiver = await openReceiver((_, n) => (n === 1 ? "429" : "ok"));
    const site = await newSite([{ id: "crm", url: `${receiver.url}/crm` }]);
    await submit(site, { email: "patient@shop.example" });
    await until(() => receiver.received.length === 2, "the second attempt");
    const [first, second] = receiver.received;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_900);
    await receiver.close();
  });
});
