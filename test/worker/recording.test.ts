import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { RECORDING_BURST } from "../../durable/session/recorder";
import { gunzip, gzip } from "../../src/core/recording/gzip";
import type { ReadEvent } from "../../src/core/recording/merge";
import { ruleOf } from "../../src/core/recording/rule";
import { RECORDING_MAX_BYTES, RECORDING_MAX_TEXT_BYTES } from "../../src/limits";
import { createLogger } from "../../src/ops/logger";
import { retain } from "../../src/ops/retention";
import type { RecordSetting } from "../../src/protocol/recording";
import { callsBy, faults, resetFaults } from "../support/faults";
import { PATIENT } from "../support/patience";
import { alarm, ask, callOf, evict, KEY, PAGE, post, someEvents, stubOf, take } from "../support/visit";
import { BATCH, batchOf, END, flushed, later, newId, problemOf, START, taken } from "./helpers";

const RECORDING = "/track/recording";

/** A site that records as `record` says; each test has its own. */
async function siteThat(record: RecordSetting, more: object = {}): Promise<string> {
  const site = `site-${crypto.randomUUID()}`;
  const response = await ask(`/analytics/sites/${site}`, {
    method: "PUT",
    headers: { ...KEY, "Content-Type": "application/json" },
    body: JSON.stringify({ allowed_origins: ["*"], record, ...more }),
  });
  expect(response.status, await response.clone().text()).toBe(200);
  return site;
}

interface Acked {
  ack: {
    stream: string;
    through: number;
    missing: [number, number][];
    record?: { send: boolean; text: string };
  } | null;
}

/** A session of a site with one event; what its ack said. */
async function begun(site: string, more: object = {}): Promise<{ id: string; said: Acked }> {
  const id = newId();
  const said = await taken(batchOf(id, { site, start: { page: PAGE, visitor_id: "v-1", ...more } }));
  return { id, said };
}

const T = 1_790_000_000_000;

/** Events of rrweb, at `at` and 10 ms apart. */
const eventsAt = (at: number, texts: string[]) =>
  texts.map((text, i) => ({ type: 5, timestamp: at + 10 * i, data: { tag: "test", payload: { text } } }));

/** A chunk; `number` is its first event's second too. */
const chunkOf = (session_id: string, site: string, number: number, more: object = {}) => {
  const at = T + 1_000 * number;
  return {
    session_id,
    site,
    stream: "page-1",
    number,
    at,
    sent_at: at + 500,
    events: eventsAt(at, [`${number}a`, `${number}b`]),
    ...more,
  };
};

const send = (body: object): Promise<Response> => post(RECORDING, body);

const sendBytes = (body: BodyInit, type = "text/plain", query = "", headers = {}): Promise<Response> =>
  ask(`${RECORDING}${query}`, { method: "POST", headers: { "Content-Type": type, ...headers }, body });

/** Sends what must be taken, and returns the ack. */
async function sent(body: object) {
  const response = await send(body);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return (JSON.parse(text) as Acked).ack;
}

async function objectsOf(id: string): Promise<R2Object[]> {
  const { objects } = await env.TRACKING_R2.list();
  return objects.filter(({ key }) => key.includes(`/${id}/replay/`));
}

async function textsOf(id: string): Promise<string[]> {
  const response = await ask(`/analytics/sessions/${id}/recording`, { headers: KEY });
  expect(response.status).toBe(200);
  const { data } = await response.json<{ data: ReadEvent[] }>();
  return data.map((event) => String((event.data as { payload: { text: string } }).payload.text));
}

afterEach(() => {
  resetFaults();
  vi.restoreAllMocks();
});

describe("a page", () => {
  it("is told to record where its site records, with every ack, and of nothing else", async () => {
    const site = await siteThat({ mode: "always", text: "masked" });
    const { id, said } = await begun(site);
    expect(said.ack).toEqual({ stream: "s1", through: 1, missing: [], record: { send: true, text: "masked" } });
    const start = await post(START, { session_id: id, site, page: PAGE });
    expect(await start.json()).toMatchObject({ ack: { record: { send: true, text: "masked" } } });
  });

  it("hears nothing of it on a site that records nothing, without consent, and after the end", async () => {
    const silent = await begun(await siteThat(false));
    expect(silent.said.ack).toEqual({ stream: "s1", through: 1, missing: [] });
    const denied = await begun(await siteThat(true), { consent: "denied" });
    expect(denied.said.ack).toEqual({ stream: "s1", through: 1, missing: [] });
    const site = await siteThat(true);
    const { id } = await begun(site);
    const over = await taken(batchOf(id, { site, first: 2, end: {} }));
    expect(over.ack).not.toHaveProperty("record");
  });

  it("keeps its last seconds to itself until a score is over the site's threshold, then sends, for good", async () => {
    const site = await siteThat({ mode: "score", score: "engagement", over: 10, text: "shown" });
    const { id, said } = await begun(site);
    expect(said.ack?.record).toEqual({ send: false, text: "shown" });
    await problemOf(await send(chunkOf(id, site, 1)), "recording_refused");
    expect(await objectsOf(id)).toEqual([]);
    const record = ruleOf({ mode: "score", score: "engagement", over: 10, text: "shown" });
    let number = 2;
    for (let minute = 1; minute < 20; minute++) {
      const done = await later(minute * 10_000, async () => {
        const events = [{ event_type: "scroll", scroll_percent: 5 * minute }, ...someEvents(2)];
        const call = { ...callOf(id, { site, start: false, first: number, events }), record };
        number += events.length;
        return (await take(call)).ack?.record?.send;
      });
      if (done) break;
    }
    const score = JSON.parse((await stubOf(id).live()) ?? "{}").scores.engagement;
    expect(score).toBeGreaterThan(10);
    expect((await sent(chunkOf(id, site, 1)))?.through).toBe(1);
    await evict(id);
    const high = ruleOf({ mode: "score", score: "engagement", over: 99, text: "shown" });
    const again = await take({
      ...callOf(id, { site, start: false, first: number, events: someEvents(1) }),
      record: high,
    });
    expect(again.ack?.record).toEqual({ send: true, text: "shown" });
  });
});

describe("a chunk", () => {
  it("is in R2 once it is acked, whole, under the session's own day, once however often it is sent", async () => {
    const site = await siteThat(true);
    const { id } = await begun(site);
    expect(await sent(chunkOf(id, site, 1))).toEqual({ stream: "page-1", through: 1, missing: [] });
    const [object, ...others] = await objectsOf(id);
    expect(others).toEqual([]);
    expect(object?.key).toMatch(new RegExp(`^sessions/\\d{4}/\\d\\d/\\d\\d/${id}/replay/${T + 1_000}-\\d+\\.json$`));
    const stored = await (await env.TRACKING_R2.get(object?.key ?? ""))?.arrayBuffer();
    const chunk = JSON.parse((await gunzip(stored ?? new ArrayBuffer(), 10_000)) ?? "");
    expect(chunk).toEqual({
      v: 1,
      session_id: id,
      stream: "page-1",
      number: 1,
      at: T + 1_000,
      sent_at: T + 1_500,
      received_at: expect.any(Number),
      events: eventsAt(T + 1_000, ["1a", "1b"]),
    });
    expect(await sent(chunkOf(id, site, 1))).toEqual({ stream: "page-1", through: 1, missing: [] });
    expect(await sent(chunkOf(id, site, 3))).toEqual({ stream: "page-1", through: 3, missing: [[2, 2]] });
    await Promise.all([sent(chunkOf(id, site, 2)), sent(chunkOf(id, site, 2)), sent(chunkOf(id, site, 2))]);
    await evict(id);
    expect(await sent(chunkOf(id, site, 2))).toEqual({ stream: "page-1", through: 3, missing: [] });
    expect(await objectsOf(id)).toHaveLength(3);
    expect(await textsOf(id)).toEqual(["1a", "1b", "2a", "2b", "3a", "3b"]);
    const live = JSON.parse((await stubOf(id).live()) ?? "{}");
    const bytes = (await objectsOf(id)).reduce((sum, { size }) => sum + size, 0);
    expect(live.recording).toEqual({ chunks: 3, bytes });
  });

  it.each(["refuse", "lie"] as const)(
    "is not acked while R2 does not take it (%s), and sent again it is there once",
    async (fault) => {
      const site = await siteThat(true);
      const { id } = await begun(site);
      faults.at.set("r2.put replay", fault);
      await problemOf(await send(chunkOf(id, site, 1)), "busy");
      faults.at.clear();
      expect((await sent(chunkOf(id, site, 1)))?.through).toBe(1);
      expect(await objectsOf(id)).toHaveLength(1);
      expect(await textsOf(id)).toEqual(["1a", "1b"]);
    },
  );

  it.each(["dieBefore", "dieAfter"] as const)("survives its actor (%s): sent again it is there once", async (fault) => {
    const site = await siteThat(true);
    const { id } = await begun(site);
    faults.at.set("r2.put replay", fault);
    const response = await send(chunkOf(id, site, 1));
    expect(response.status).toBe(503);
    faults.at.clear();
    expect((await sent(chunkOf(id, site, 1)))?.through).toBe(1);
    expect(await objectsOf(id)).toHaveLength(1);
  });

  it("may be gzip, sent as text; what is none, or holds too much, is refused before any actor is asked", async () => {
    const site = await siteThat(true);
    const { id } = await begun(site);
    const text = JSON.stringify(chunkOf(id, site, 1));
    expect((await sendBytes(await gzip(text))).status).toBe(200);
    expect(await textsOf(id)).toEqual(["1a", "1b"]);
    await problemOf(await sendBytes(new Uint8Array([0x1f, 0x8b, 1, 2, 3])), "invalid_json");
    const bomb = await gzip(" ".repeat(RECORDING_MAX_TEXT_BYTES + 1));
    expect(bomb.byteLength).toBeLessThan(10_000);
    await problemOf(await sendBytes(bomb), "too_large");
    await problemOf(await sendBytes("x".repeat(RECORDING_MAX_BYTES + 1)), "too_large");
    await problemOf(await sendBytes(text, "image/png"), "unsupported_type");
    await problemOf(await sendBytes("{"), "invalid_json");
    await problemOf(await sendBytes(`{"a":${"[".repeat(2_000)}${"]".repeat(2_000)}}`), "too_deep");
  });

  it("is refused before it is unpacked where its address names a site that would not take it", async () => {
    const silent = await siteThat(false);
    const closed = await siteThat(true, { allowed_origins: ["https://shop.example"] });
    // What cannot be unpacked would be invalid_json.
    const body = new Uint8Array([0x1f, 0x8b, 1, 2, 3]);
    await problemOf(await sendBytes(body, "text/plain", `?site=${silent}`), "recording_refused");
    await problemOf(
      await sendBytes(body, "text/plain", `?site=${closed}`, { Origin: "https://evil.example" }),
      "origin_not_allowed",
    );
    await problemOf(await sendBytes(body, "text/plain", "?site=no%20name"), "invalid_query");
    await problemOf(await sendBytes(body, "text/plain", `?site=${await siteThat(true)}`), "invalid_json");
  });

  it.each([
    ["no events", { events: [] }],
    ["what is no event", { events: [{ type: 3 }] }],
    ["an unknown type", { events: [{ type: 77, timestamp: T, data: {} }] }],
    ["no number", { number: 0 }],
    ["a time that names no key", { at: 1e15 }],
    ["a stream's bad name", { stream: "../x" }],
  ])("with %s is 400", async (_, more) => {
    const site = await siteThat(true);
    const { id } = await begun(site);
    await problemOf(await send(chunkOf(id, site, 1, more)), "invalid_body");
    expect(await objectsOf(id)).toEqual([]);
  });

  it("of a deep page is taken", async () => {
    const site = await siteThat(true);
    const { id } = await begun(site);
    let node: object = { type: 3, textContent: "deep" };
    for (let i = 0; i < 512; i++) node = { type: 2, tagName: "div", attributes: {}, childNodes: [node] };
    const events = [{ type: 2, timestamp: T, data: { node } }];
    expect((await sent(chunkOf(id, site, 1, { events })))?.through).toBe(1);
  });

  it("needs the session's key, its site, an origin that may send, and a site that records", async () => {
    const site = await siteThat(true, { allowed_origins: ["https://shop.example"] });
    const headers = { Origin: "https://shop.example" };
    const id = newId();
    const session_key = "k".repeat(32);
    const batch = batchOf(id, { site, start: { page: PAGE, session_key } });
    expect((await post(BATCH, batch, { headers })).status).toBe(200);
    const chunk = chunkOf(id, site, 1, { session_key });
    await problemOf(
      await post(RECORDING, { ...chunk, session_key: "x".repeat(32) }, { headers }),
      "session_key_invalid",
    );
    await problemOf(await post(RECORDING, { ...chunk, session_key: null }, { headers }), "session_key_invalid");
    await problemOf(
      await post(RECORDING, chunk, { headers: { Origin: "https://evil.example" } }),
      "origin_not_allowed",
    );
    const other = await siteThat(true);
    await problemOf(await post(RECORDING, { ...chunk, site: other }, { headers }), "session_unknown");
    const silent = await siteThat(false);
    await problemOf(await post(RECORDING, { ...chunk, site: silent }, { headers }), "recording_refused");
    await problemOf(await post(RECORDING, { ...chunk, session_id: newId() }, { headers }), "session_unknown");
    await problemOf(await post(RECORDING, chunk, { headers: { ...headers, "Sec-GPC": "1" } }), "recording_refused");
    expect(await objectsOf(id)).toEqual([]);
    expect((await post(RECORDING, chunk, { headers })).status).toBe(200);
  });

  it("is refused past the session's bounds: too fast, too many, too much", async () => {
    const site = await siteThat(true);
    const { id } = await begun(site);
    // A clock that stands: on a busy machine so many calls take seconds.
    const now = Date.now();
    vi.spyOn(Date, "now").mockReturnValue(now);
    for (let n = 1; n <= RECORDING_BURST; n++) await sent(chunkOf(id, site, n));
    await problemOf(await send(chunkOf(id, site, RECORDING_BURST + 1)), "too_fast");
    // One that is there already asks nothing of R2.
    await sent(chunkOf(id, site, 1));
    vi.restoreAllMocks();
    await later(60_000, () => sent(chunkOf(id, site, RECORDING_BURST + 1)));
    await setRecording(id, { chunks: 1_000 });
    await problemOf(await later(120_000, () => send(chunkOf(id, site, 50))), "recording_full");
    await setRecording(id, { chunks: 1, bytes: 32 * 1024 * 1024 });
    await problemOf(await later(120_000, () => send(chunkOf(id, site, 50))), "recording_full");
  });

  it("that comes late, after the end, is taken while the session is remembered", async () => {
    const site = await siteThat(true);
    const { id } = await begun(site);
    expect((await post(END, { session_id: id, site })).status).toBe(200);
    await sent(chunkOf(id, site, 1));
    await flushed(id);
    expect(await textsOf(id)).toEqual(["1a", "1b"]);
    await later(25 * 3_600_000, () => alarm(id));
    await problemOf(await send(chunkOf(id, site, 2)), "session_unknown");
    // What there is stays readable: D1 knows the session.
    expect(await textsOf(id)).toEqual(["1a", "1b"]);
  });
});

/** Sets counts that would take a thousand calls. */
async function setRecording(id: string, counts: { chunks?: number; bytes?: number }): Promise<void> {
  await runInDurableObject(stubOf(id), (_, state) => {
    const [row] = state.storage.sql.exec<{ progress: string }>("SELECT progress FROM journal WHERE lo = 0").toArray();
    const progress = JSON.parse(row?.progress ?? "{}");
    Object.assign(progress.recording, counts);
    state.storage.sql.exec("UPDATE journal SET progress = ? WHERE lo = 0", JSON.stringify(progress));
  });
  await evict(id);
}

describe("a withdrawal", () => {
  it("deletes what was recorded within a minute, and refuses what comes later", async () => {
    const site = await siteThat(true);
    const { id } = await begun(site);
    await sent(chunkOf(id, site, 1));
    await sent(chunkOf(id, site, 2));
    await flushed(id);
    const answer = await post(START, { session_id: id, site, page: PAGE, consent: "denied" });
    expect(answer.status).toBe(200);
    await problemOf(await send(chunkOf(id, site, 3)), "recording_refused");
    await later(10_000, () => alarm(id));
    expect(await objectsOf(id)).toEqual([]);
    await later(60_000, () => alarm(id));
    // Agreed to again: what was recorded before stays out, whatever stream it says it is of.
    await post(START, { session_id: id, site, page: PAGE, consent: "granted" });
    const now = Date.now();
    await later(70_000, async () => {
      await problemOf(await send(chunkOf(id, site, 2)), "recording_refused");
      const old = { stream: "page-2", at: now - 1_000, sent_at: Date.now() };
      await problemOf(await send(chunkOf(id, site, 1, old)), "recording_refused");
      const fresh = { stream: "page-3", at: Date.now(), sent_at: Date.now() + 500 };
      expect((await sent(chunkOf(id, site, 1, fresh)))?.through).toBe(1);
    });
  });

  it("that comes while a chunk is on its way to R2 leaves nothing there", async () => {
    const site = await siteThat(true);
    const { id } = await begun(site);
    let open = (): void => {};
    faults.gate = new Promise((resolve) => (open = resolve));
    const chunk = send(chunkOf(id, site, 1));
    await expect.poll(() => callsBy(stubOf(id)), PATIENT).toContain("r2.put replay");
    await post(START, { session_id: id, site, page: PAGE, consent: "denied" });
    faults.gate = null;
    open();
    await problemOf(await chunk, "recording_refused");
    expect(await objectsOf(id)).toEqual([]);
  });
});

it("an erasure takes the recording too, and no chunk is taken afterwards", async () => {
  const site = await siteThat(true);
  const visitor = `visitor-${newId()}`;
  const { id } = await begun(site, { visitor_id: visitor });
  await sent(chunkOf(id, site, 1));
  await flushed(id);
  const response = await ask(`/analytics/visitors/${visitor}`, { method: "DELETE", headers: KEY });
  expect(response.status).toBeLessThan(300);
  expect(await objectsOf(id)).toEqual([]);
  await problemOf(await send(chunkOf(id, site, 2)), "session_erased");
  expect(await objectsOf(id)).toEqual([]);
});

it("an erasure that comes while a chunk is on its way to R2 leaves nothing of it there", async () => {
  const site = await siteThat(true);
  const visitor = `visitor-${newId()}`;
  const { id } = await begun(site, { visitor_id: visitor });
  await flushed(id);
  let open = (): void => {};
  faults.gate = new Promise((resolve) => {
    open = resolve;
  });
  const chunk = send(chunkOf(id, site, 1));
  await expect.poll(() => callsBy(stubOf(id)), PATIENT).toContain("r2.put replay");
  const erasing = ask(`/analytics/visitors/${visitor}`, { method: "DELETE", headers: KEY });
  // Not before the session knows that it is being erased.
  const refusal = async () => (await post(BATCH, batchOf(id, { site, first: 2, start: undefined }))).status;
  await expect.poll(refusal, PATIENT).toBe(410);
  faults.gate = null;
  open();
  expect((await erasing).status).toBeLessThan(300);
  expect((await chunk).status).not.toBe(200);
  expect(await objectsOf(id)).toEqual([]);
});

it("a person's export has their recordings", async () => {
  const site = await siteThat(true);
  const visitor = `visitor-${newId()}`;
  const { id } = await begun(site, { visitor_id: visitor });
  await sent(chunkOf(id, site, 1));
  await flushed(id);
  const response = await ask(`/analytics/visitors/${visitor}/export`, { headers: KEY });
  const { data } = await response.json<{ data: { unproven: { sessions: { recording: ReadEvent[] }[] } } }>();
  expect(data.unproven.sessions[0]?.recording.map(({ timestamp }) => timestamp)).toHaveLength(2);
});

it("retention deletes a recording with its day", async () => {
  const site = await siteThat(true);
  const { id } = await begun(site);
  await sent(chunkOf(id, site, 1));
  await flushed(id);
  expect(await objectsOf(id)).toHaveLength(1);
  const log = createLogger("error", {});
  await later(92 * 86_400_000, () => retain(env, log, Date.now(), { begin: true }));
  expect(await objectsOf(id)).toEqual([]);
});

describe("reading", () => {
  it("brings the events of all tabs, oldest first, on the server's clock", async () => {
    const site = await siteThat(true);
    const { id } = await begun(site);
    const before = Date.now();
    // Two tabs whose chunks overlap, sent in no order, by a clock that is years off.
    await sent(chunkOf(id, site, 2, { stream: "b", at: T + 40, events: eventsAt(T + 40, ["b5", "b6"]) }));
    await sent(chunkOf(id, site, 1, { stream: "a", at: T, events: eventsAt(T, ["a0", "a1", "a2", "a3", "a4"]) }));
    await sent(
      chunkOf(id, site, 1, { stream: "b", at: T + 15, events: eventsAt(T + 15, ["b2", "b3"]), sent_at: T + 100 }),
    );
    const response = await ask(`/analytics/sessions/${id}/recording`, {
      headers: { ...KEY, Accept: "application/x-ndjson" },
    });
    expect(response.headers.get("Content-Type")).toMatch(/ndjson/);
    const lines = (await response.text()).trimEnd().split("\n");
    const events = lines.map((line) => JSON.parse(line) as ReadEvent);
    const texts = events.map(({ data }) => (data as { payload: { text: string } }).payload.text);
    expect(texts).toEqual(["a0", "a1", "b2", "a2", "b3", "a3", "a4", "b5", "b6"]);
    expect(new Set(events.map(({ stream }) => stream))).toEqual(new Set(["a", "b"]));
    const times = events.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort((x, y) => x - y));
    expect(Math.abs((times[0] ?? 0) - before)).toBeLessThan(10_000);
  });

  it("needs a key that sees the site, and is empty where nothing was recorded", async () => {
    const site = await siteThat(true);
    const { id } = await begun(site);
    expect((await ask(`/analytics/sessions/${id}/recording`)).status).toBe(401);
    expect(await textsOf(id)).toEqual([]);
    await problemOf(await ask(`/analytics/sessions/${newId()}/recording`, { headers: KEY }), "session_unknown");
    await problemOf(await ask("/analytics/sessions/x/recording", { headers: KEY }), "not_found");
    const key = await ask("/analytics/keys", {
      method: "POST",
      headers: { ...KEY, "Content-Type": "application/json" },
      body: JSON.stringify({ name: "elsewhere", scopes: ["read"], sites: ["elsewhere"] }),
    });
    const { data } = await key.json<{ data: { key: string } }>();
    const headers = { Authorization: `Bearer ${data.key}` };
    await problemOf(await ask(`/analytics/sessions/${id}/recording`, { headers }), "session_unknown");
  });
});

describe("what it costs", () => {
  /** Rows that a session's actor writes for three batches and `chunks` chunks. */
  async function rowsOf(record: RecordSetting, chunks: number): Promise<number> {
    const site = await siteThat(record);
    const { id } = await begun(site);
    for (let n = 1; n <= 3; n++) await taken(batchOf(id, { site, first: n + 1, start: undefined }));
    for (let n = 1; n <= chunks; n++) await sent(chunkOf(id, site, n));
    return runInDurableObject(stubOf(id), (actor) => actor["journal"].rowsWritten);
  }

  it("is nothing where nothing is recorded, and else a row a chunk and one", async () => {
    const none = await rowsOf(false, 0);
    expect(none).toBeGreaterThan(0);
    expect(await rowsOf(true, 0)).toBe(none);
    expect(await rowsOf({ mode: "score", score: "risk", over: 60, text: "shown" }, 0)).toBe(none);
    expect(await rowsOf(true, 4)).toBe(none + 5);
  });
});
