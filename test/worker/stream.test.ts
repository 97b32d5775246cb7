import { describe, expect, it } from "vitest";
import { TICKET_MS } from "../../src/edge/http/tickets";
import { ask, evict, identified, KEY, liveOf, post, tablesOf } from "../support/visit";
import {
  BATCH,
  batchOf,
  Client,
  clicks,
  connect,
  later,
  newId,
  problemOf,
  taken,
  trackSocket,
  upgrade,
} from "./helpers";

interface Ticket {
  ticket: string;
  protocol: string;
  path: string;
  expires_at: number;
}

interface Update {
  t: string;
  data: { session_id: string; events: number; ended: boolean; actor: { watchers: number } };
  unflushed?: object[];
  entries?: { kind: string; event_type?: string }[];
}

const pathOf = (id: string): string => `/analytics/sessions/${id}/stream`;

async function ticketFor(path: string): Promise<Ticket> {
  const response = await post("/analytics/tickets", { path }, { headers: KEY });
  expect(response.status).toBe(200);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  return (await response.json<{ data: Ticket }>()).data;
}

const offer = (path: string, protocol: string): Promise<Response> =>
  upgrade(path, { "Sec-WebSocket-Protocol": protocol });

/** A session with one event. */
async function session(): Promise<string> {
  const session_id = newId();
  await taken(batchOf(session_id));
  await identified(session_id);
  return session_id;
}

describe("the stream of a session", () => {
  it("begins with the live state, and shows an event within a second", async () => {
    const id = await session();
    const stream = await connect(pathOf(id), KEY);
    expect(await stream.next<Update>()).toMatchObject({
      t: "live",
      data: {
        session_id: id,
        events: 1,
        actor: { watchers: 1 },
        unflushed: [{ kind: "start" }, { kind: "event" }, { kind: "identity" }],
      },
    });
    const sent = Date.now();
    await taken(batchOf(id, { first: 2, events: clicks(2) }));
    const update = await stream.next<Update>();
    expect(Date.now() - sent).toBeLessThan(1_000);
    expect(update).toMatchObject({ t: "update", data: { events: 3 } });
    expect(update.entries).toEqual([
      expect.objectContaining({ kind: "event", event_type: "click" }),
      expect.objectContaining({ kind: "event", event_type: "click" }),
    ]);
    await post("/track/session/end", { session_id: id });
    expect(await stream.next<Update>()).toMatchObject({ t: "update", data: { ended: true } });
  });

  it("shows what arrives by the visitor's socket, to everyone who follows", async () => {
    const id = await session();
    const streams = [await connect(pathOf(id), KEY), await connect(pathOf(id), KEY)];
    for (const stream of streams) expect(await stream.next<Update>()).toMatchObject({ t: "live" });
    const page = await trackSocket(id);
    page.send({ t: "events", id: 1, stream: "s1", first: 2, events: clicks(1) });
    for (const stream of streams)
      expect(await stream.next<Update>()).toMatchObject({ t: "update", data: { events: 2 } });
    expect(await page.next()).toMatchObject({ t: "ack", id: 1 });
  });

  it("only listens: what an analyst sends changes nothing and closes nothing", async () => {
    const id = await session();
    const stream = await connect(pathOf(id), KEY);
    await stream.next();
    stream.send({ t: "events", id: 1, stream: "s9", first: 1, events: clicks(1) });
    stream.send("no JSON");
    await stream.ping();
    expect((await liveOf(id))?.events).toBe(1);
  });

  it("sends nothing for a repeat that changes nothing", async () => {
    const id = await session();
    const stream = await connect(pathOf(id), KEY);
    await stream.next();
    expect(await taken(batchOf(id))).toMatchObject({ duplicates: 1 });
    await stream.ping();
    expect(stream.received).toHaveLength(2);
  });

  it("of an unknown session is 404, without an upgrade 426, without a key 401", async () => {
    const unknown = newId();
    await problemOf(await upgrade(pathOf(unknown), KEY), "session_unknown");
    expect(await tablesOf(unknown)).toEqual([]);
    const id = await session();
    await problemOf(await ask(pathOf(id), { headers: KEY }), "upgrade_required");
    await problemOf(await upgrade(pathOf(id)), "key_required");
    await problemOf(await upgrade(pathOf("x"), KEY), "not_found");
  });
});

describe("a ticket", () => {
  it("opens its stream once, and its subprotocol is echoed", async () => {
    const id = await session();
    const { ticket, protocol, path, expires_at } = await ticketFor(pathOf(id));
    expect({ protocol, path }).toEqual({ protocol: `ticket.${ticket}`, path: pathOf(id) });
    expect(Math.abs(expires_at - Date.now() - TICKET_MS)).toBeLessThan(1_000);
    const response = await offer(path, `other, ${protocol}`);
    expect(response.status).toBe(101);
    expect(response.headers.get("Sec-WebSocket-Protocol")).toBe(protocol);
    if (!response.webSocket) throw new Error("no socket");
    expect(await new Client(response.webSocket).next<Update>()).toMatchObject({ t: "live", data: { session_id: id } });
    await problemOf(await offer(path, protocol), "ticket_invalid");
    await evict(id);
    await problemOf(await offer(path, protocol), "ticket_invalid");
  });

  it("is single-use also when it is used ten times at once", async () => {
    const id = await session();
    const { path, protocol } = await ticketFor(pathOf(id));
    const responses = await Promise.all(Array.from({ length: 10 }, () => offer(path, protocol)));
    for (const response of responses) response.webSocket?.accept();
    expect(responses.map(({ status }) => status).filter((status) => status === 101)).toHaveLength(1);
  });

  it("that was used once leaves others of the same stream valid", async () => {
    const id = await session();
    const [one, two] = [await ticketFor(pathOf(id)), await ticketFor(pathOf(id))];
    expect((await offer(pathOf(id), one.protocol)).status).toBe(101);
    expect((await offer(pathOf(id), two.protocol)).status).toBe(101);
  });

  it("is over after a minute, and not before", async () => {
    const id = await session();
    const { path, protocol } = await ticketFor(pathOf(id));
    await later(TICKET_MS + 1, async () => problemOf(await offer(path, protocol), "ticket_invalid"));
    expect((await later(TICKET_MS - 5_000, () => offer(path, protocol))).status).toBe(101);
  });

  it("opens no other stream", async () => {
    const [id, other] = [await session(), await session()];
    const { protocol } = await ticketFor(pathOf(id));
    await problemOf(await offer(pathOf(other), protocol), "ticket_invalid");
    expect((await offer(pathOf(id), protocol)).status).toBe(101);
  });

  it("is refused when it was tampered with", async () => {
    const id = await session();
    const { ticket, path } = await ticketFor(pathOf(id));
    const [payload = "", signature = ""] = ticket.split(".");
    const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as Ticket;
    const longer = btoa(JSON.stringify({ ...claims, expires_at: claims.expires_at + 1e9 })).replaceAll("=", "");
    const flipped = `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
    for (const forged of [
      `${longer}.${signature}`,
      `${payload}.${flipped}`,
      payload,
      `${payload}.`,
      `.${signature}`,
      "",
    ]) {
      await problemOf(await offer(path, `ticket.${forged}`), "ticket_invalid");
    }
    expect((await offer(path, `ticket.${ticket}`)).status).toBe(101);
  });

  it("is no key: it opens nothing else", async () => {
    const id = await session();
    const { ticket, protocol } = await ticketFor(pathOf(id));
    const headers = { Authorization: `Bearer ${ticket}`, "Sec-WebSocket-Protocol": protocol };
    await problemOf(await ask(`/analytics/sessions/${id}`, { headers }), "key_required");
  });

  it.each([
    ["/analytics/sessions"],
    ["/analytics/sessions/x/stream"],
    ["https://evil.example/analytics/sessions/11111111-2222-4333-8444-555555555555/stream"],
    ["/analytics/sessions/11111111-2222-4333-8444-555555555555/live"],
    ["/analytics/sessions/11111111-2222-4333-8444-555555555555/stream?x=1"],
    [""],
  ])("is not made out to %j", async (path) => {
    await problemOf(await post("/analytics/tickets", { path }, { headers: KEY }), "invalid_ticket_path");
  });

  it("is asked for with a path and nothing else, and with the key", async () => {
    for (const body of [{}, { path: 1 }, { path: "/x".repeat(200) }, { path: "/x", ttl: 9 }]) {
      await problemOf(await post("/analytics/tickets", body, { headers: KEY }), "invalid_body");
    }
    await problemOf(await post("/analytics/tickets", { path: pathOf(newId()) }), "key_required");
  });

  it("of an unknown session opens nothing and stores nothing", async () => {
    const id = newId();
    const { path, protocol } = await ticketFor(pathOf(id));
    await problemOf(await offer(path, protocol), "session_unknown");
    expect(await tablesOf(id)).toEqual([]);
  });
});

describe("ids that nobody started", () => {
  const openAndClose = async (id: string): Promise<void> => {
    const socket = await trackSocket(id);
    await socket.ping();
    socket.socket.close(1000);
    await socket.closed;
  };
  const unknown = async (response: Promise<Response>): Promise<void> => {
    await problemOf(await response, "session_unknown");
  };
  const WAYS: [way: string, ask: (id: string) => Promise<void>][] = [
    ["the live view", (id) => unknown(ask(`/analytics/sessions/${id}/live`, { headers: KEY }))],
    ["the stream", (id) => unknown(upgrade(pathOf(id), KEY))],
    ["a batch", (id) => unknown(post(BATCH, batchOf(id, { start: undefined })))],
    ["an end", (id) => unknown(post("/track/session/end", { session_id: id }))],
    ["a page's socket", openAndClose],
  ];

  // The running server is asked for a thousand in test/system; the test pool slows down with each request of a file.
  it.each(WAYS)("leave no table when %s is asked for", async (_, knock) => {
    const ids = Array.from({ length: 40 }, newId);
    for (const id of ids) await knock(id);
    for (const id of ids) expect(await tablesOf(id)).toEqual([]);
  });
});
