import { afterAll, beforeAll, expect, test } from "vitest";
import { openReceiver, SECRET } from "../local/receiver.ts";
import { type LocalServer, startServer } from "../local/server.ts";
import { until } from "../local/until.ts";

/** Webhooks of `npm run dev`, whose gate looks up where names lead. */

let server: LocalServer;

beforeAll(async () => {
  const NODE_OPTIONS = `--import=${new URL("../local/rebound.ts", import.meta.url).href}`;
  server = await startServer({ env: { NODE_OPTIONS, RATE_LIMIT: "off", WEBHOOK_SCHEDULE_MS: "200" } });
});
afterAll(() => server?.stop());

test("a public name that leads to this machine is a dead letter, and a host that was named has its lead", async () => {
  const receiver = await openReceiver(() => "ok");
  const webhooks = [
    { id: "inside", url: "https://crm.rebound.example/hook", secrets: [SECRET] },
    { id: "named", url: `${receiver.url}/hook`, secrets: [SECRET] },
  ];
  const saved = await server.api("/analytics/sites/shop", {
    method: "PUT",
    body: JSON.stringify({ allowed_origins: ["*"], webhooks }),
  });
  expect(saved.status, await saved.clone().text()).toBe(200);
  const lead = { method: "POST", body: JSON.stringify({ email: "anna@shop.example" }) };
  expect((await server.api("/lead?site=shop", lead)).status).toBe(202);
  let outcome: Record<string, string | null> = {};
  await until(async () => {
    const { data } = (await (await server.api("/analytics/deliveries?site=shop")).json()) as {
      data: { endpoint_id: string; state: string; reason: string | null; attempts: number }[];
    };
    outcome = Object.fromEntries(data.map(({ endpoint_id, state, reason }) => [endpoint_id, `${state} ${reason}`]));
    return data.length === 2 && data.every(({ state }) => state !== "pending");
  }, "both deliveries to be settled");
  expect(outcome).toEqual({ inside: "dead target_refused", named: "delivered null" });
  expect(receiver.received.map(({ path }) => path)).toEqual(["/hook"]);
  await receiver.close();
});

test("this machine is no target unless it is named", async () => {
  for (const url of [
    "http://localhost:9000/",
    "https://10.0.0.1.nip.io/",
    "https://crm.svc/",
    "https://crm.example:22/",
  ]) {
    const body = JSON.stringify({ webhooks: [{ id: "crm", url, secrets: [SECRET] }] });
    const response = await server.api("/analytics/sites/other", { method: "PUT", body });
    expect(response.status, url).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ path: "webhooks.0.url" }] });
  }
});
