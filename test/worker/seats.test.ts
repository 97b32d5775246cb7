import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { MAX_PAGE_SOCKETS, MAX_SENDER_SOCKETS, MAX_WATCHERS, SOCKET_PROOF_MS } from "../../durable/sockets/seats";
import { KEY_CHECK_MS } from "../../src/limits";
import { alarm, ask, KEY, post, stubOf, tablesOf } from "../support/visit";
import {
  batchOf,
  type Client,
  clicks,
  connect,
  frameOf,
  later,
  newId,
  problemOf,
  taken,
  trackSocket,
  upgrade,
} from "./helpers";

/** Who may sit on a session's sockets, and for how long. */

const streamOf = (id: string): string => `/analytics/sessions/${id}/stream`;
const socketOf = (id: string): string => `/track/socket?session_id=${id}`;
const from = (ip: string) => ({ "CF-Connecting-IP": ip });

/** A tracker's session: only who has its key may add to it. */
async function session(session_key = "k".repeat(32)): Promise<string> {
  const id = newId();
  await taken(batchOf(id, { session_key, start: { page: "https://shop.example/", session_key } }));
  return id;
}

const isOpen = ({ socket }: Client): boolean => socket.readyState === WebSocket.OPEN;

/** So many sockets that say nothing, from as few addresses as may have them. */
const crowd = (id: string, count: number): Promise<Client[]> =>
  Promise.all(
    Array.from({ length: count }, (_, i) =>
      trackSocket(id, from(`203.0.113.${1 + Math.floor(i / MAX_SENDER_SOCKETS)}`)),
    ),
  );

async function keyFor(scopes: string[], more: object = {}) {
  const response = await post("/analytics/keys", { name: "a watcher's", scopes, ...more }, { headers: KEY });
  const { data } = await response.json<{ data: { key: string; key_id: string } }>();
  const header = { Authorization: `Bearer ${data.key}` };
  const revoke = () => ask(`/analytics/keys/${data.key_id}`, { method: "DELETE", headers: KEY });
  return { header, revoke };
}

describe("seats of pages", () => {
  it("are not taken from the owner by sockets that say nothing", async () => {
    const id = await session();
    const silent = await crowd(id, MAX_PAGE_SOCKETS);
    const owner = await trackSocket(id, from("198.51.100.7"));
    const frame = frameOf({ first: 2, events: clicks(1), session_key: "k".repeat(32) });
    expect(await owner.call(frame)).toMatchObject({ t: "ack", accepted: 1 });
    expect(await silent[0]?.closed).toEqual({ code: 4408, reason: "silent" });
  });

  it("are so many for one address, however many there are", async () => {
    const id = await session();
    await crowd(id, MAX_SENDER_SOCKETS);
    await problemOf(await upgrade(socketOf(id), from("203.0.113.1")), "rate_limited");
    const next = await trackSocket(id, from("203.0.113.2"));
    await next.ping();
  });

  it("are one sender's for a whole IPv6 /64", async () => {
    const id = await session();
    for (let i = 1; i <= MAX_SENDER_SOCKETS; i++) await trackSocket(id, from(`2001:db8:1:1::${i}`));
    await problemOf(await upgrade(socketOf(id), from("2001:db8:1:1:ffff::1")), "rate_limited");
  });

  it("that say nothing are given up after ten seconds, those of an unknown session too, and nothing is stored", async () => {
    const [known, unknown] = [await session(), newId()];
    const began = Date.now();
    const [silent, wrong, nobody, owner] = await Promise.all([
      trackSocket(known),
      trackSocket(known),
      trackSocket(unknown),
      trackSocket(known),
    ]);
    const frame = frameOf({ first: 2, events: clicks(1), session_key: "k".repeat(32) });
    expect(await owner?.call(frame)).toMatchObject({ t: "ack" });
    // A frame that is refused shows nothing.
    expect(await wrong?.call(frameOf({ first: 3, session_key: "x".repeat(32) }))).toMatchObject({ t: "error" });
    expect((await silent?.closed)?.code).toBe(4408);
    expect((await wrong?.closed)?.code).toBe(4408);
    expect((await nobody?.closed)?.code).toBe(4404);
    expect(Date.now() - began).toBeGreaterThanOrEqual(SOCKET_PROOF_MS - 500);
    await owner?.ping();
    expect(await tablesOf(unknown)).toEqual([]);
  });
});

describe("seats of those who follow", () => {
  it("are apart from those of pages, and so many", async () => {
    const id = await session();
    await crowd(id, MAX_PAGE_SOCKETS);
    for (let i = 0; i < MAX_WATCHERS; i++)
      expect(await (await connect(streamOf(id), KEY)).next()).toMatchObject({ t: "live" });
    await problemOf(await upgrade(streamOf(id), KEY), "rate_limited");
    await (await trackSocket(id, from("198.51.100.8"))).ping();
  });

  it("are given up within a minute when the key is revoked, and the root key's stay", async () => {
    const id = await session();
    const { header, revoke } = await keyFor(["read"]);
    const [stream, root] = [await connect(streamOf(id), header), await connect(streamOf(id), KEY)];
    for (const one of [stream, root]) await one.next();
    await later(KEY_CHECK_MS, () => alarm(id));
    expect(isOpen(stream)).toBe(true);
    expect((await revoke()).status).toBe(200);
    await later(2 * KEY_CHECK_MS, () => alarm(id));
    expect(await stream.closed).toEqual({ code: 4401, reason: "key_revoked" });
    await later(4 * KEY_CHECK_MS, () => alarm(id));
    expect(isOpen(root)).toBe(true);
  });

  it("are given up when the key has expired, also by an actor that has slept in between", async () => {
    const id = await session();
    const { header } = await keyFor(["inspect"], { expires_at: Date.now() + 20_000 });
    const stream = await connect(streamOf(id), header);
    await stream.next();
    await evictDurableObject(stubOf(id));
    await later(2 * KEY_CHECK_MS, () => alarm(id));
    expect((await stream.closed).code).toBe(4401);
  });

  it("are not opened by a ticket whose key was revoked since", async () => {
    const id = await session();
    const { header, revoke } = await keyFor(["read"]);
    const asked = await post("/analytics/tickets", { path: streamOf(id) }, { headers: header });
    const { protocol } = (await asked.json<{ data: { protocol: string } }>()).data;
    await revoke();
    await problemOf(await upgrade(streamOf(id), { "Sec-WebSocket-Protocol": protocol }), "ticket_invalid");
  });

  it("on a site's stream are given up too", async () => {
    const { header, revoke } = await keyFor(["read"]);
    const path = "/analytics/realtime/stream?site=default";
    const [stream, root] = [await connect(path, header), await connect(path, KEY)];
    for (const one of [stream, root]) await one.next();
    await revoke();
    const hub = env.REALTIME.getByName("default");
    await later(2 * KEY_CHECK_MS, () => runDurableObjectAlarm(hub));
    expect((await stream.closed).code).toBe(4401);
    expect(isOpen(root)).toBe(true);
    root.socket.close();
  });
});
