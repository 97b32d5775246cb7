import { describe, expect, it, onTestFinished, vi } from "vitest";
import { parseChunk, RECORDING_MAX_DEPTH, type StoredChunk } from "../../src/core/recording/chunk";
import { gunzip, gzip, isGzip } from "../../src/core/recording/gzip";
import { clockOf, mergeChunks, type ReadEvent } from "../../src/core/recording/merge";
import {
  isDue,
  isFull,
  orderOf,
  RECORDING_MAX_CHUNKS,
  RECORDING_MAX_SESSION_BYTES,
  type RecordRule,
  ruleOf,
} from "../../src/core/recording/rule";
import { newRecording, withChunk, withdraw } from "../../src/core/recording/state";
import { newState, type SessionState } from "../../src/core/session/fold/state";
import { RECORDING_MAX_BYTES } from "../../src/limits";
import { ChunkBody, RECORDING_MAX_EVENTS } from "../../src/protocol/recording";

const ID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
const EVENT = { type: 3, timestamp: 5, data: {} };
const chunk = (more: object = {}) => ({
  session_id: ID,
  stream: "s",
  number: 1,
  at: 5,
  sent_at: 6,
  events: [EVENT],
  ...more,
});
const many = (count: number) => Array.from({ length: count }, () => EVENT);

describe("a chunk", () => {
  const codeOf = (value: object): string => {
    const parsed = parseChunk(JSON.stringify(value));
    return parsed.ok ? "ok" : parsed.refusal.detail;
  };

  it("is taken with its events as they are, whatever else an event holds", () => {
    const events = [
      { ...EVENT, delay: 7 },
      { type: 0, timestamp: 0.5, data: { a: [1] } },
      { ...EVENT, type: 7 },
    ];
    expect(parseChunk(JSON.stringify(chunk({ events, session_id: ID.toUpperCase() })))).toEqual({
      ok: true,
      value: chunk({ events }),
    });
  });

  it.each<[string, unknown[], unknown[]]>([
    ["session_id", [ID], ["x", null]],
    ["session_key", ["k".repeat(16), null, undefined], ["k"]],
    ["site", ["a", null, undefined], ["_"]],
    ["stream", ["s"], ["server", "", null]],
    ["number", [1, 2], [0, null]],
    ["at", [0, 1, 9_999_999_999_999], [-1, 10_000_000_000_000, 1.5, null]],
    ["sent_at", [-1, 1.5], [null, "1"]],
    ["events", [many(RECORDING_MAX_EVENTS)], [[], many(RECORDING_MAX_EVENTS + 1), {}]],
  ])("has its %s within bounds", (name, good, bad) => {
    for (const value of good) expect(codeOf(chunk({ [name]: value })), String(value)).toBe("ok");
    for (const value of bad) expect(codeOf(chunk({ [name]: value })), String(value)).toContain(name);
    for (const value of good) expect(ChunkBody.safeParse(chunk({ [name]: value })).success).toBe(true);
    for (const value of bad) expect(ChunkBody.safeParse(chunk({ [name]: value })).success).toBe(false);
  });

  it.each([
    [null],
    ["x"],
    [{}],
    [{ ...EVENT, type: 8 }],
    [{ ...EVENT, type: -1 }],
    [{ ...EVENT, type: 1.5 }],
    [{ ...EVENT, type: "3" }],
    [{ ...EVENT, timestamp: "5" }],
    [{ ...EVENT, timestamp: null }],
    [{ ...EVENT, data: null }],
    [{ ...EVENT, data: [] }],
    [{ ...EVENT, data: "x" }],
  ])("is refused for one event that is none of rrweb: %j", (event) => {
    const error = { path: "events.1", message: "is no event of rrweb: type, timestamp, data" };
    expect(parseChunk(JSON.stringify(chunk({ events: [EVENT, event, EVENT] })))).toEqual({
      ok: false,
      refusal: { code: "invalid_body", detail: `${error.path}: ${error.message}`, errors: [error] },
    });
    expect(ChunkBody.safeParse(chunk({ events: [event] })).success).toBe(false);
  });

  it("may be as deep as a page is, and is JSON", () => {
    const deep = (levels: number) =>
      `{"session_id":"${ID}","stream":"s","number":1,"at":5,"sent_at":6,"events":[{"type":2,"timestamp":1,"data":{"a":${"[".repeat(levels - 4)}${"]".repeat(levels - 4)}}}]}`;
    expect(parseChunk(deep(RECORDING_MAX_DEPTH)).ok).toBe(true);
    expect(parseChunk(deep(RECORDING_MAX_DEPTH + 1))).toMatchObject({ refusal: { code: "too_deep" } });
    expect(parseChunk("{")).toMatchObject({ refusal: { code: "invalid_json" } });
  });
});

describe("gzip", () => {
  it("is known by its first two bytes", () => {
    expect(isGzip(Uint8Array.of(0x1f, 0x8b, 8))).toBe(true);
    expect(isGzip(Uint8Array.of(0x1f, 0x8c))).toBe(false);
    expect(isGzip(Uint8Array.of(0x1e, 0x8b))).toBe(false);
    expect(isGzip(Uint8Array.of())).toBe(false);
  });

  it("gives the text again, unless it has more bytes than it may", async () => {
    const bytes = await gzip("aä\u{1f600}");
    expect(isGzip(new Uint8Array(bytes))).toBe(true);
    expect(await gunzip(bytes, 7)).toBe("aä\u{1f600}");
    expect(await gunzip(bytes, 6)).toBeNull();
  });

  it("is read in pieces that are large, whatever characters they end in", async () => {
    const text = "aä\u{1f600}".repeat(300_000);
    const decode = vi.spyOn(TextDecoder.prototype, "decode");
    onTestFinished(() => decode.mockRestore());
    expect((await gunzip(await gzip(text), 4 * 1024 * 1024)) === text).toBe(true);
    // 2.1 MB: 33 pieces and the end, and at most one more for each slice of the file.
    expect(decode.mock.calls.length).toBeLessThan(80);
  });

  it("is inflated no further than the limit: what lies far behind it is not looked at", async () => {
    const bytes = new Uint8Array(await gzip("0".repeat(16 * 1024 * 1024)));
    bytes.fill(0xff, 8 * 1024);
    await expect(gunzip(bytes, 32 * 1024 * 1024)).rejects.toThrow();
    expect(await gunzip(bytes, 2 * 1024 * 1024)).toBeNull();
  });
});

describe("what is recorded", () => {
  const state = (more: Partial<SessionState> = {}): SessionState => ({ ...newState(0), consent: "granted", ...more });
  const scored = (risk: number | null) =>
    state({ judgement: { label: null, scores: { engagement: 100, bot: 0, vpn: 0, risk }, ledger: [] } });
  const above: RecordRule = { above: { score: "risk", over: 50 }, text: "masked" };
  const always: RecordRule = { above: null, text: "shown" };

  it("follows the site's setting", () => {
    expect(ruleOf(false)).toBeNull();
    expect(ruleOf(true)).toEqual(always);
    expect(ruleOf({ mode: "always", text: "masked" })).toEqual({ above: null, text: "masked" });
    expect(ruleOf({ mode: "score", score: "risk", over: 50, text: "masked" })).toEqual(above);
  });

  it("is every session, or those whose score has once been above a bound", () => {
    expect(isDue(always, scored(0), undefined)).toBe(true);
    expect(isDue(above, scored(50), undefined)).toBe(false);
    expect(isDue(above, scored(51), undefined)).toBe(true);
    expect(isDue(above, scored(null), newRecording())).toBe(false);
    expect(isDue({ ...above, above: { score: "risk", over: 0 } }, scored(null), undefined)).toBe(false);
    expect(isDue(above, scored(0), { ...newRecording(), since: 0 })).toBe(true);
  });

  it("is full at so many chunks, or when another might not fit", () => {
    const recording = newRecording();
    const room = RECORDING_MAX_SESSION_BYTES - RECORDING_MAX_BYTES;
    expect(isFull({ ...recording, chunks: RECORDING_MAX_CHUNKS - 1 })).toBe(false);
    expect(isFull({ ...recording, chunks: RECORDING_MAX_CHUNKS })).toBe(true);
    expect(isFull({ ...recording, bytes: room })).toBe(false);
    expect(isFull({ ...recording, bytes: room + 1 })).toBe(true);
  });

  it("is told to the page only with consent, while the session lasts and there is room", () => {
    expect(orderOf(above, scored(51), undefined)).toEqual({ send: true, text: "masked" });
    expect(orderOf(above, scored(50), newRecording())).toEqual({ send: false, text: "masked" });
    expect(orderOf(null, state(), undefined)).toBeNull();
    expect(orderOf(always, state({ consent: "pending" }), undefined)).toBeNull();
    expect(orderOf(always, state({ consent: "denied" }), undefined)).toBeNull();
    expect(orderOf(always, state({ ended_at: 5 }), undefined)).toBeNull();
    expect(orderOf(always, state(), { ...newRecording(), chunks: RECORDING_MAX_CHUNKS })).toBeNull();
  });
});

describe("chunks that R2 has", () => {
  it("are counted once each, whatever their order", () => {
    const first = withChunk(newRecording(), "s", 3, 100);
    const second = withChunk(first, "s", 1, 50);
    expect(second).toEqual({ since: null, chunks: 2, bytes: 150, streams: { s: { through: 3, gaps: [[2, 2]] } } });
    expect(withChunk(second, "s", 3, 100)).toEqual(second);
    expect(withChunk(second, "constructor", 1, 7)).toMatchObject({ chunks: 3, bytes: 157 });
    // What is stored is what was there before until all is written.
    expect(first.streams).toEqual({ s: { through: 3, gaps: [[1, 2]] } });
  });

  it("of before a withdrawal are the last of their page loads", () => {
    const gone = withdraw(withChunk(newRecording(), "s", 1, 100), 77);
    expect(gone).toMatchObject({ withdrawn_at: 77, chunks: 1, streams: { s: { through: 1, closed: true } } });
    expect(withChunk(gone, "s", 2, 1).streams).toEqual({ s: { through: 2, gaps: [], closed: true } });
    expect(withChunk(gone, "t", 1, 1).streams["t"]).toEqual({ through: 1, gaps: [] });
  });
});

describe("a recording as it is read", () => {
  type One = { at: number; lag: number; stream: string; times: number[] | null };
  const stored = ({ at, stream, times }: One): StoredChunk | null =>
    times && {
      v: 1,
      session_id: ID,
      stream,
      number: 1,
      at,
      sent_at: 0,
      received_at: 0,
      events: times.map((timestamp) => ({ type: 3, timestamp, data: {} })),
    };
  async function read(chunks: One[]): Promise<[string, number][][]> {
    const parts: ReadEvent[][] = [];
    for await (const part of mergeChunks(chunks, async (one) => stored(one))) parts.push(part);
    return parts.map((part) => part.map(({ stream, timestamp }) => [stream, timestamp]));
  }

  it("is on the server's clock, by the smallest lag", () => {
    expect(clockOf([])).toBe(0);
    expect(
      clockOf([
        { at: 0, lag: 9 },
        { at: 0, lag: -3 },
      ]),
    ).toBe(-3);
  });

  it("has the events of all tabs in their order, and holds back what the next chunk may come before", async () => {
    const chunks = [
      { at: 1, lag: 10, stream: "s", times: [1, 9, 5] },
      { at: 5, lag: 12, stream: "t", times: [5, 7] },
      { at: 9, lag: 11, stream: "s", times: [9, 20] },
    ];
    expect(await read(chunks)).toEqual([
      [["s", 11]],
      [
        ["s", 15],
        ["t", 15],
        ["t", 17],
      ],
      [
        ["s", 19],
        ["s", 19],
        ["s", 30],
      ],
    ]);
  });

  it("goes on past a chunk that is gone, and says nothing where there is nothing", async () => {
    const gone = { at: 5, lag: 0, stream: "t", times: null };
    expect(await read([{ at: 1, lag: 0, stream: "s", times: [1, 6] }, gone])).toEqual([[["s", 1]], [["s", 6]]]);
    expect(await read([gone])).toEqual([]);
    expect(await read([])).toEqual([]);
  });
});
