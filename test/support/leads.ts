import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { vi } from "vitest";
import { ask, KEY, post } from "./visit";

/** What tests of leads need: sites with endpoints, receivers in the place of `fetch`, lead actors' alarms. */

export const SECRET = `whsec_${btoa("a secret of exactly 32 bytes !!!")}`;
export const OLD_SECRET = `whsec_${btoa("an old secret, of 32 bytes also!")}`;

export const endpoint = (id: string, more: object = {}) => ({
  id,
  url: `https://${id}.crm.example/hook`,
  secrets: [SECRET],
  ...more,
});

export async function saveSite(site: string, webhooks: object[], more: object = {}): Promise<void> {
  const body = JSON.stringify({ allowed_origins: ["*"], webhooks, ...more });
  const response = await ask(`/analytics/sites/${site}`, { method: "PUT", body, headers: KEY });
  if (!response.ok) throw new Error(await response.text());
}

/** A site of its own for each test, with endpoints. */
export async function newSite(webhooks: object[] = [endpoint("crm")], more: object = {}): Promise<string> {
  const site = `s-${crypto.randomUUID()}`;
  await saveSite(site, webhooks, more);
  return site;
}

/** A site's dead letters go out again. */
export async function redeliverAll(site: string): Promise<string[]> {
  const response = await post("/analytics/deliveries/redeliver", { state: "dead", site }, { headers: KEY });
  if (!response.ok) throw new Error(await response.text());
  return ((await response.json()) as { data: { redelivered: string[] } }).data.redelivered;
}

export interface Received {
  id: string;
  url: string;
  at: number;
  type: string;
  body: string;
  data: { lead: Record<string, unknown>; scores: Record<string, unknown>; session: Record<string, unknown> };
}

/** What a receiver answers to its n-th request: a response, or an error for a line that is cut. */
export type Answering = (message: Received, n: number) => Response | Error | Promise<Response>;

/** A receiver in the place of the network: checks every signature, and answers as it is told. */
export function receive(answer: Answering = () => new Response(null, { status: 200 })): Received[] {
  const received: Received[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init as RequestInit);
    const body = await request.text();
    const headers = Object.fromEntries(request.headers);
    // The clock of these tests is far ahead of the library's; what is signed is checked, not when.
    const id = headers["webhook-id"] ?? "";
    const signed = new Date(Number(headers["webhook-timestamp"]) * 1_000);
    const expected = new Webhook(SECRET).sign(id, signed, body);
    if (!headers["webhook-signature"]?.split(" ").includes(expected)) throw new Error("a bad signature");
    const { type, data } = JSON.parse(body) as Pick<Received, "type" | "data">;
    const message = { id, url: request.url, at: Date.now(), type, body, data };
    received.push(message);
    const answered = await answer(message, received.length);
    if (answered instanceof Error) throw answered;
    const location = answered.headers.get("Location");
    // A platform that is not told otherwise goes where it is sent.
    return location !== null && request.redirect === "follow" ? fetch(location, init) : answered;
  });
  return received;
}

export interface Taken {
  lead_id: string;
  status: string;
}

/** A lead that a page sends: nobody vouches for what it says. */
export async function fromPage(site: string, body: object, headers: Record<string, string> = {}): Promise<Taken> {
  const response = await post(`/lead?site=${site}`, body, { headers });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text) as Taken;
}

/** A lead that the site's own server sends with its key. */
export const submit = (site: string, body: object, headers: Record<string, string> = {}): Promise<Taken> =>
  fromPage(site, body, { ...KEY, ...headers });

export const leadStub = (id: string) => env.LEAD.getByName(id);

export const leadAlarm = (id: string): Promise<boolean> => runDurableObjectAlarm(leadStub(id));

export const leadAlarmAt = (id: string): Promise<number | null> =>
  runInDurableObject(leadStub(id), (_, state) => state.storage.getAlarm());

/** Lets the clock run from alarm to alarm of a lead until it has nothing more to do before `until`. */
export async function settle(id: string, until = Date.now() + 100 * 3_600_000): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const at = await leadAlarmAt(id);
    if (at === null || at > until) return;
    vi.setSystemTime(Math.max(Date.now(), at));
    await leadAlarm(id).catch(() => {});
  }
  throw new Error("the lead never comes to rest");
}

export const evictLead = async (id: string): Promise<void> => {
  await runInDurableObject(leadStub(id), (_, state) => state.abort("evicted by the test")).catch(() => {});
};

export const leadRow = (id: string): Promise<Record<string, unknown> | null> =>
  env.DB.prepare("SELECT * FROM leads WHERE lead_id = ?").bind(id).first();

export async function leadsOf(site: string): Promise<Record<string, unknown>[]> {
  return (await env.DB.prepare("SELECT * FROM leads WHERE site = ? ORDER BY created_at").bind(site).all()).results;
}

export async function submissionsOf(site: string): Promise<Record<string, unknown>[]> {
  const query = "SELECT * FROM lead_submissions WHERE site = ? ORDER BY received_at";
  return (await env.DB.prepare(query).bind(site).all()).results;
}

export async function deliveriesOf(site: string): Promise<Record<string, unknown>[]> {
  const query = "SELECT * FROM deliveries WHERE site = ? ORDER BY endpoint_id, seq";
  return (await env.DB.prepare(query).bind(site).all()).results;
}
