import { expect, it } from "vitest";
import { newDevice, tracesOf } from "../support/device";
import { newSite } from "../support/leads";
import { liveOf, post } from "../support/visit";
import { BATCH, batchOf, clicks, newId, START } from "./helpers";

/** One visitor over the hosts of a domain, proven on each. */

const DOMAIN = "shop.example";
const on = (host: string) => ({ headers: { Origin: `https://${host}` } });

async function startOn(host: string, start: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const session_id = newId();
  const response = await post(START, { page: `https://${host}/`, session_id, ...start }, on(host));
  return { status: response.status, body: { session_id, ...((await response.json()) as object) } };
}

it("a start that shows the secret is told a proof, and another host shows that instead", async () => {
  const site = await newSite([]);
  const { secret, visitor } = await newDevice();
  const first = await startOn("www.shop.example", { site, visitor_secret: secret, domain: DOMAIN });
  expect(first.body).toMatchObject({ visitor_id: visitor, visitor_proof: expect.stringMatching(/^[0-9a-f]{64}$/) });
  const { visitor_proof } = first.body;

  const second = await startOn("pay.shop.example", { site, visitor_id: visitor, visitor_proof, domain: DOMAIN });
  expect(await liveOf(String(second.body["session_id"]))).toMatchObject({ visitor_id: visitor, unproven: false });
  // It has none of the secret, and still goes on.
  expect(second.body).toMatchObject({ visitor_proof });

  const id = newId();
  const start = { page: "https://pay.shop.example/", visitor_id: visitor, visitor_proof, domain: DOMAIN };
  const batch = await post(BATCH, batchOf(id, { site, start, events: clicks(1) }), on("pay.shop.example"));
  expect(await batch.json()).toMatchObject({ accepted: 1, visitor_id: visitor, visitor_proof });
  expect(await liveOf(id)).toMatchObject({ unproven: false });
  expect(await tracesOf(id, "", [String(visitor_proof)])).toEqual([]);
});

it("no proof is told without the secret, for another domain, without consent, or where nobody asks", async () => {
  const site = await newSite([]);
  const { secret, visitor } = await newDevice();
  for (const start of [
    { visitor_id: visitor, domain: DOMAIN },
    { visitor_secret: secret, domain: "other.example" },
    { visitor_secret: secret, domain: DOMAIN, consent: "denied" },
    { visitor_secret: secret },
  ]) {
    const { status, body } = await startOn("www.shop.example", { site, ...start });
    expect(status).toBe(200);
    expect(body).not.toHaveProperty("visitor_proof");
  }
});

it("no proof is told of a session that has withdrawn, or that is another visitor's than the secret's", async () => {
  const site = await newSite([]);
  const { secret, visitor } = await newDevice();
  const session_id = newId();
  const key = { session_id, session_key: newId() };
  await startOn("www.shop.example", { site, ...key, visitor_secret: secret, consent: "granted" });
  await startOn("www.shop.example", { site, ...key, consent: "denied" });
  const again = await startOn("www.shop.example", { site, ...key, visitor_secret: secret, domain: DOMAIN });
  expect(again.body).not.toHaveProperty("visitor_proof");

  const before = `v-${visitor}`;
  const kept = await startOn("www.shop.example", { site, visitor_id: before, visitor_secret: secret, domain: DOMAIN });
  expect(kept.body).toMatchObject({ visitor_id: before });
  expect(kept.body).not.toHaveProperty("visitor_proof");
});

it("a proof that is another's, another site's, or shown on another domain's page proves nothing", async () => {
  const site = await newSite([]);
  const elsewhere = await newSite([]);
  const [mine, theirs] = [await newDevice(), await newDevice()];
  const { body } = await startOn("www.shop.example", { site, visitor_secret: mine.secret, domain: DOMAIN });
  const { visitor_proof } = body;
  for (const [host, start] of [
    ["www.shop.example", { site, visitor_id: theirs.visitor, visitor_proof, domain: DOMAIN }],
    ["www.shop.example", { site: elsewhere, visitor_id: mine.visitor, visitor_proof, domain: DOMAIN }],
    ["evil.example", { site, visitor_id: mine.visitor, visitor_proof, domain: DOMAIN }],
    ["evil.example", { site, visitor_id: mine.visitor, visitor_proof, domain: "evil.example" }],
    ["www.shop.example", { site, visitor_id: mine.visitor, visitor_proof: "0".repeat(64), domain: DOMAIN }],
  ] as const) {
    const answer = await startOn(host, start);
    expect(await liveOf(String(answer.body["session_id"])), host).toMatchObject({ unproven: true });
  }
});

it("a proof or a domain that is malformed is a 400", async () => {
  const site = await newSite([]);
  for (const start of [
    { visitor_proof: "abc" },
    { domain: "localhost" },
    { domain: "Shop.Example" },
    { domain: `${"a.".repeat(9)}b` },
  ]) {
    expect((await startOn("www.shop.example", { site, ...start })).status).toBe(400);
  }
});
