import { afterEach, describe, expect, it, vi } from "vitest";
import { JOURNAL_MAX_UNITS } from "../../durable/session/limits";
import { callsBy, faults, resetFaults } from "../support/faults";
import {
  alarm,
  ask,
  entriesInR2,
  evict,
  inD1,
  inR2,
  isEvent,
  journalOf,
  liveOf,
  numbered,
  PAGE,
  post,
  sessionRow,
  stateOf,
  stubOf,
  tablesOf,
} from "../support/visit";
import {
  type AckBody,
  BATCH,
  batchOf,
  clicks,
  END,
  flushed,
  frameOf,
  later,
  newId,
  problemOf,
  read,
  SINGLE,
  START,
  taken,
  trackSocket,
} from "./helpers";

afterEach(resetFaults);

interface Started {
  session_id: string;
  visitor_id: string | null;
  device_id: string | null;
  timestamp: number;
}

async function started(body: object): Promise<Started> {
  const response = await post(START, body);
  expect(response.status).toBe(200);
  return response.json<Started>();
}

describe("a session's start", () => {
  it("needs only a page, and answers with ids of its own making", async () => {
    const answer = await started({ page: PAGE });
    expect(answer).toEqual({
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      visitor_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      device_id: null,
      timestamp: expect.any(Number),
    });
    expect(await liveOf(answer.session_id)).toMatchObject({ entry_page: PAGE, events: 0 });
  });

  it("writes nothing outside the actor before the first event, and without one is forgotten", async () => {
    const { session_id } = await started({ page: PAGE });
    await later(20 * 60_000, () => alarm(session_id));
    expect(await tablesOf(session_id)).not.toEqual([]);
    await later(31 * 60_000, () => alarm(session_id));
    expect(await tablesOf(session_id)).toEqual([]);
    expect(callsBy(stubOf(session_id))).toEqual([]);
  });

  it("given twice is harmless, and adds the fingerprint and the device it had not named before", async () => {
    const session_id = newId();
    const first = await started({ page: PAGE, session_id, visitor_id: "visitor-a" });
    const again = await started({ page: `${PAGE}/2`, session_id, visitor_id: "visitor-b" });
    expect({ ...again, timestamp: 0 }).toEqual({ ...first, timestamp: 0 });
    const device_info = { user_agent: "Browser 1", platform: "Linux", timezone: "Europe/Berlin" };
    const third = await started({
      page: PAGE,
      session_id,
      fingerprint_id: "fp-1",
      device_info,
      screen: { width: 1920, height: 1080 },
      signals: { webdriver: false },
    });
    expect(third.device_id).toMatch(/^[0-9a-f]{32}$/);
    const fourth = await started({
      page: PAGE,
      session_id,
      fingerprint_id: "fp-2",
      device_info: { platform: "Other" },
    });
    expect(fourth.device_id).toBe(third.device_id);
    await evict(session_id);
    expect(await liveOf(session_id)).toMatchObject({
      visitor_id: "visitor-a",
      fingerprint_id: "fp-1",
      entry_page: PAGE,
      device: device_info,
      screen: { width: 1920, height: 1080 },
      device_id: third.device_id,
    });
  });

  it("gives the same description of a device the same id, and another another", async () => {
    const device_info = { user_agent: "Browser 1", platform: "Linux" };
    const [one, two, three] = await Promise.all([
      started({ page: PAGE, device_info }),
      started({ page: PAGE, device_info }),
      started({ page: PAGE, device_info: { ...device_info, platform: "Mac" } }),
    ]);
    expect(one.device_id).toBe(two.device_id);
    expect(one.device_id).not.toBe(three.device_id);
  });
});

describe("a batch", () => {
  it("has its bad events refused by themselves, with their numbers settled", async () => {
    const session_id = newId();
    const events = [
      { event_type: "click" },
      { event_type: "Not\na type" },
      { event_type: "scroll", scroll_percent: 400 },
    ];
    const answer = await taken(batchOf(session_id, { events: [...events, { event_type: "shop.buy" }] }));
    expect(answer).toMatchObject({ accepted: 2, duplicates: 0, ack: { stream: "s1", through: 4, missing: [] } });
    expect(answer.rejected).toEqual([
      { index: 1, code: "invalid_event", detail: expect.stringMatching(/^event_type: /) },
      { index: 2, code: "invalid_event", detail: expect.stringMatching(/^scroll_percent: /) },
    ]);
    expect((await liveOf(session_id))?.completeness).toMatchObject({
      received: 2,
      expected: 4,
      missing: 0,
      rejected: 2,
    });
    const corrected = await taken(batchOf(session_id, { first: 2, events: [{ event_type: "click" }] }));
    expect(corrected).toMatchObject({ accepted: 0, duplicates: 1 });
    await flushed(session_id);
    expect(await inD1(session_id)).toEqual(["s1/1", "s1/4"]);
    expect(await inR2(session_id)).toEqual(["s1/1", "s1/4"]);
  });

  it("of which nothing is good settles nothing", async () => {
    const session_id = newId();
    await taken(batchOf(session_id));
    await problemOf(
      await post(BATCH, batchOf(session_id, { first: 2, events: [{ event_type: "" }] })),
      "no_valid_event",
    );
    expect((await liveOf(session_id))?.completeness).toMatchObject({ received: 1, expected: 1, rejected: 0 });
  });

  it("counts once however often and in whatever grouping it is sent", async () => {
    const session_id = newId();
    const send = async (first: number, count: number) => {
      const { accepted, duplicates } = await taken(batchOf(session_id, { first, events: clicks(count) }));
      return [accepted, duplicates];
    };
    expect(await send(1, 3)).toEqual([3, 0]);
    expect(await send(1, 3)).toEqual([0, 3]);
    expect(await send(2, 4)).toEqual([2, 2]);
    expect(await send(1, 10)).toEqual([5, 5]);
    await evict(session_id);
    expect(await send(4, 10)).toEqual([3, 7]);
    await flushed(session_id);
    expect(await send(1, 13)).toEqual([0, 13]);
    expect(await inD1(session_id)).toEqual(numbered(1, 13));
    expect(await inR2(session_id)).toEqual(numbered(1, 13));
  });

  it("sent twenty times at once counts once", async () => {
    const session_id = newId();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => taken(batchOf(session_id, { events: clicks(5) }))),
    );
    expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(5);
    expect(answers.every(({ ack }) => ack?.through === 5)).toBe(true);
    expect((await liveOf(session_id))?.events).toBe(5);
  });

  it("out of order leaves gaps that are named, and filled later", async () => {
    const session_id = newId();
    const acked = async (first: number, count: number) =>
      (await taken(batchOf(session_id, { first, events: clicks(count) }))).ack;
    expect(await acked(4, 2)).toEqual({ stream: "s1", through: 5, missing: [[1, 3]] });
    expect(await acked(9, 1)).toEqual({
      stream: "s1",
      through: 9,
      missing: [
        [1, 3],
        [6, 8],
      ],
    });
    expect(await acked(2, 1)).toEqual({
      stream: "s1",
      through: 9,
      missing: [
        [1, 1],
        [3, 3],
        [6, 8],
      ],
    });
    expect((await liveOf(session_id))?.completeness).toMatchObject({ received: 4, expected: 9, missing: 5 });
    await evict(session_id);
    expect(await acked(1, 9)).toEqual({ stream: "s1", through: 9, missing: [] });
    await flushed(session_id);
    expect((await inD1(session_id)).sort()).toEqual(numbered(1, 9));
  });

  it("is told of sixteen gaps at most, the lowest", async () => {
    const session_id = newId();
    let answer: AckBody | null = null;
    for (let first = 2; first <= 40; first += 2) answer = await taken(batchOf(session_id, { first }));
    expect(answer?.ack?.missing).toEqual(Array.from({ length: 16 }, (_, i) => [2 * i + 1, 2 * i + 1]));
    expect(answer?.ack?.through).toBe(40);
  });

  it("names numbers that the client dropped itself: settled, and counted as lost there", async () => {
    const session_id = newId();
    const answer = await taken(
      batchOf(session_id, {
        first: 10,
        gone: [
          [1, 3],
          [5, 5],
        ],
      }),
    );
    expect(answer.ack).toEqual({
      stream: "s1",
      through: 10,
      missing: [
        [4, 4],
        [6, 9],
      ],
    });
    const again = await taken(batchOf(session_id, { first: 11, gone: [[1, 9]] }));
    expect(again.ack).toEqual({ stream: "s1", through: 11, missing: [] });
    expect((await liveOf(session_id))?.completeness).toMatchObject({ received: 2, expected: 11, missing: 0, gone: 9 });
    expect(await taken(batchOf(session_id, { first: 4 }))).toMatchObject({ accepted: 0, duplicates: 1 });
  });

  it("is refused when it opens the 65th gap of a stream, and the stream goes on", async () => {
    const session_id = newId();
    for (let first = 2; first <= 128; first += 2) await taken(batchOf(session_id, { first }));
    await problemOf(await post(BATCH, batchOf(session_id, { first: 130 })), "stream_too_sparse");
    expect(await taken(batchOf(session_id, { first: 1 }))).toMatchObject({ accepted: 1 });
    expect(await taken(batchOf(session_id, { first: 130 }))).toMatchObject({ accepted: 1 });
    expect((await liveOf(session_id))?.events).toBe(66);
  });

  it("is refused when it opens the 65th stream of a session, and the others go on", async () => {
    const session_id = newId();
    for (let i = 1; i <= 64; i++) await taken(batchOf(session_id, { stream: `s${i}` }));
    await problemOf(await post(BATCH, batchOf(session_id, { stream: "s65" })), "stream_too_sparse");
    expect(await taken(batchOf(session_id, { stream: "s64", first: 2 }))).toMatchObject({ accepted: 1 });
    expect((await liveOf(session_id))?.completeness.streams).toHaveLength(64);
  });

  it("with a number that nobody can have come to is refused, and costs the site nothing", async () => {
    const session_id = newId();
    for (const more of [
      { first: 1_000_000_000 },
      {
        first: 2,
        gone: [
          [1, 1],
          [3, 999_999_999],
        ],
      },
    ]) {
      await problemOf(await post(BATCH, batchOf(session_id, more)), "stream_too_sparse");
    }
    await taken(batchOf(session_id, { events: clicks(5) }));
    await problemOf(await post(BATCH, batchOf(session_id, { gone: [[6, 1_000_000]] })), "stream_too_sparse");
    await taken(batchOf(session_id, { stream: "s2", first: 900 }));
    expect((await liveOf(session_id))?.completeness).toMatchObject({
      received: 5,
      expected: 5,
      missing: 0,
      gone: 0,
      implausible: 1,
      streams: [
        { stream: "s1", expected: 5 },
        { stream: "s2", missing: 899, implausible: true },
      ],
    });
  });

  it("with more data than D1 keeps has its first fields there, and the whole in R2", async () => {
    const session_id = newId();
    const data = { title: "é".repeat(300), deep: { list: [1, true, null] }, more: "x".repeat(900), last: "y" };
    const events = [
      { event_type: "shop.long", x: 7, data },
      { event_type: "shop.longest", data: { text: "z".repeat(2_000) } },
      { event_type: "shop.short", data: { text: "z".repeat(900) } },
    ];
    await taken(batchOf(session_id, { events }));
    await flushed(session_id);
    const { data: rows } = await read<{ data: object[] }>(`/analytics/sessions/${session_id}/events`);
    const kept = { title: data.title, deep: data.deep };
    expect(rows).toMatchObject([
      { x: 7, data: kept, truncated: true },
      { data: {}, truncated: true },
      { data: { text: "z".repeat(900) }, truncated: false },
    ]);
    const inArchive = (await entriesInR2(session_id)).filter(isEvent);
    expect(inArchive.map(({ detail }) => detail?.data)).toEqual(events.map((event) => event.data));
  });

  it("without numbers is new each time", async () => {
    const session_id = newId();
    const plain = batchOf(session_id, {
      stream: undefined,
      first: undefined,
      events: [...clicks(2), { event_type: "" }],
    });
    for (let i = 0; i < 2; i++) {
      expect(await taken(plain)).toMatchObject({ accepted: 2, duplicates: 0, ack: null, rejected: [{ index: 2 }] });
    }
    expect(await liveOf(session_id)).toMatchObject({ events: 4, unnumbered_rejected: 2 });
    await flushed(session_id);
    expect(await inD1(session_id)).toHaveLength(4);
  });

  it("may carry the whole visit: start, events and end", async () => {
    const session_id = newId();
    const start = { page: PAGE, referrer: "https://search.example/", visitor_id: "whole" };
    const visit = batchOf(session_id, { start, events: clicks(3), end: { exit_page: `${PAGE}/bye` } });
    expect(await taken(visit)).toMatchObject({ accepted: 3, ended: true, ack: { through: 3, ended: true } });
    await flushed(session_id);
    expect(await inD1(session_id)).toEqual(numbered(1, 3));
    const kinds = (await entriesInR2(session_id)).map((entry) => entry.kind);
    // The identity actors' answer comes when it comes.
    expect(kinds.filter((kind) => kind !== "identity")).toEqual(["start", "event", "event", "event", "end"]);
    expect(await stateOf(session_id)).toMatchObject({ ended: true, end_reason: "client", exit_page: `${PAGE}/bye` });
  });

  it("may hold a hundred events and is taken as text/plain, as a beacon sends it", async () => {
    const body = JSON.stringify(batchOf(newId(), { events: clicks(100) }));
    const headers = { "Content-Type": "text/plain;charset=UTF-8", Origin: "https://shop.example" };
    const response = await post(BATCH, body, { headers });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ accepted: 100, ack: { through: 100 } });
  });

  it("keeps unknown fields out and takes null for a field left out", async () => {
    const session_id = newId();
    const event = { event_type: "click", page: null, x: null, element: null, data: null, timestamp: null, secret: "s" };
    await taken(batchOf(session_id, { events: [event], colour: "red", gone: null, end: null, sent_at: null }));
    const [, entry] = await journalOf(session_id);
    expect(entry).not.toHaveProperty("secret");
    expect(entry).not.toHaveProperty("detail");
  });
});

describe("a single event", () => {
  it("is a batch of one, numbered or not", async () => {
    const session_id = newId();
    const event = { session_id, event_type: "click", page: PAGE, x: 3, y: 4, element: "a#buy", data: { a: 1 } };
    expect(await taken({ ...event, stream: "s1", first: 1, start: { page: PAGE } }, SINGLE)).toMatchObject({
      accepted: 1,
      ack: { stream: "s1", through: 1 },
    });
    expect(await taken({ ...event, stream: "s1", first: 1 }, SINGLE)).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await taken(event, SINGLE)).toMatchObject({ accepted: 1, ack: null });
    expect((await journalOf(session_id)).filter(isEvent)[0]).toMatchObject({
      stream: "s1",
      number: 1,
      event_type: "click",
      page: PAGE,
      element: "a#buy",
      detail: { x: 3, y: 4, data: { a: 1 } },
    });
  });

  it("that is bad is 400", async () => {
    await problemOf(await post(SINGLE, batchOf(newId(), { events: undefined, event_type: "" })), "no_valid_event");
  });
});

describe("a session key", () => {
  const session_key = "a-secret-the-client-minted";

  it("once given must come with every later call", async () => {
    const session_id = newId();
    await taken(batchOf(session_id, { start: { page: PAGE, session_key } }));
    const next = batchOf(session_id, { first: 2, start: undefined });
    for (const wrong of [{}, { session_key: `${session_key}!` }]) {
      await problemOf(await post(BATCH, { ...next, ...wrong }), "session_key_invalid");
      await problemOf(await post(SINGLE, { session_id, event_type: "click", ...wrong }), "session_key_invalid");
      await problemOf(await post(END, { session_id, ...wrong }), "session_key_invalid");
      await problemOf(await post(START, { session_id, page: PAGE, ...wrong }), "session_key_invalid");
    }
    await evict(session_id);
    await problemOf(await post(BATCH, next), "session_key_invalid");
    expect(await taken({ ...next, session_key })).toMatchObject({ accepted: 1 });
    expect((await post(END, { session_id, session_key })).status).toBe(200);
  });

  it("is kept as a hash only", async () => {
    const session_id = newId();
    await taken(batchOf(session_id, { start: { page: PAGE, session_key } }));
    await flushed(session_id);
    expect(JSON.stringify(await liveOf(session_id))).not.toContain(session_key);
    expect(JSON.stringify(await entriesInR2(session_id))).not.toContain(session_key);
    expect(JSON.stringify(await sessionRow(session_id))).not.toContain(session_key);
  });

  it("is shown once on a socket, and a socket that has not shown it is refused", async () => {
    const session_id = newId();
    const socket = await trackSocket(session_id);
    expect(await socket.call(frameOf({ start: { page: PAGE, session_key } }))).toMatchObject({ t: "ack" });
    expect(await socket.call(frameOf({ first: 2, start: undefined }))).toMatchObject({ t: "ack", accepted: 1 });
    const other = await trackSocket(session_id);
    const frame = frameOf({ first: 3, start: undefined });
    expect(await other.call(frame)).toMatchObject({ t: "error", code: "session_key_invalid" });
    expect(await other.call({ ...frame, session_key })).toMatchObject({ t: "ack", accepted: 1 });
    expect(await other.call({ t: "end", id: 9 })).toMatchObject({ t: "ack", id: 9, ended: true });
  });
});

describe("a site", () => {
  it("comes by query or by body, and another site's session is unknown", async () => {
    const session_id = newId();
    await taken(batchOf(session_id), `${BATCH}?site=shop`);
    expect((await liveOf(session_id))?.site).toBe("shop");
    const next = batchOf(session_id, { first: 2 });
    await problemOf(await post(BATCH, next), "session_unknown");
    await problemOf(await post(`${BATCH}?site=other`, next), "session_unknown");
    await problemOf(await post(`${SINGLE}?site=other`, { session_id, event_type: "click" }), "session_unknown");
    await problemOf(await post(END, { session_id }), "session_unknown");
    await problemOf(await post(START, { session_id, page: PAGE }), "session_unknown");
    expect(await taken({ ...next, site: "shop" })).toMatchObject({ accepted: 1 });
    expect(await (await trackSocket(session_id)).closed).toMatchObject({ code: 4404 });
    const socket = await trackSocket(session_id, {}, "&site=shop");
    expect(await socket.call(frameOf({ first: 3 }))).toMatchObject({ t: "ack", accepted: 1 });
  });
});

describe("the end of a session", () => {
  it("is told once and again, with the same time", async () => {
    const session_id = newId();
    await taken(batchOf(session_id));
    const end = async () => (await post(END, { session_id, exit_page: PAGE })).json<{ ended_at: number }>();
    const first = await end();
    expect(first).toEqual({ session_id, ended_at: expect.any(Number) });
    await scheduler.wait(5);
    expect(await end()).toEqual(first);
    await evict(session_id);
    expect(await end()).toEqual(first);
  });

  it("does not stop late events from being stored, but they change nothing else", async () => {
    const session_id = newId();
    await taken(batchOf(session_id, { events: [{ event_type: "page_view", page: PAGE }, ...clicks(2)], end: {} }));
    await flushed(session_id);
    const before = await stateOf(session_id);
    const late = batchOf(session_id, {
      first: 4,
      events: [
        { event_type: "page_view", page: `${PAGE}/late` },
        { event_type: "scroll", scroll_percent: 99 },
      ],
    });
    expect(await taken(late)).toMatchObject({ accepted: 2, ended: true, ack: { through: 5, ended: true } });
    expect(await taken(late)).toMatchObject({ accepted: 0, duplicates: 2 });
    await flushed(session_id);
    const after = await stateOf(session_id);
    for (const same of [
      "counts",
      "page_views",
      "pages",
      "scroll_percent",
      "engaged_ms",
      "scores",
      "label",
      "ended_at",
    ] as const) {
      expect(after[same], same).toEqual(before[same]);
    }
    expect(after).toMatchObject({
      events: 5,
      late: 2,
      last_event_at: before.last_event_at,
      exit_page: before.exit_page,
    });
    expect(await inD1(session_id)).toEqual(numbered(1, 5));
    const stored = (await entriesInR2(session_id)).filter(isEvent).map(({ late: isLate = false }) => isLate);
    expect(stored).toEqual([false, false, false, true, true]);
    expect(await sessionRow(session_id)).toMatchObject({ events: 5, ended_at: before.ended_at });
  });
});

describe("a journal that is full", () => {
  it("answers 503 with Retry-After while both stores are away, and drains when they are back", {
    timeout: 60_000,
  }, async () => {
    const session_id = newId();
    faults.at.set("d1.batch", "refuse").set("r2.put events", "refuse");
    const events = clicks(100, { data: { text: "x".repeat(2_000) } });
    let first = 1;
    let response = await post(BATCH, batchOf(session_id, { events }));
    // The clock runs ahead, so that the session's own limit on events a second is not what answers.
    for (let i = 1; response.status === 200 && i < 100; i++) {
      first += 100;
      response = await later(i * 10_000, () => post(BATCH, batchOf(session_id, { first, events })));
    }
    await problemOf(response, "busy");
    const live = await liveOf(session_id);
    expect(live?.actor.journal_units).toBeGreaterThanOrEqual(JOURNAL_MAX_UNITS);
    const socket = await trackSocket(session_id);
    expect(await socket.call(frameOf({ first, events }))).toMatchObject({
      t: "error",
      id: 7,
      code: "busy",
      retry_after: expect.any(Number),
    });
    resetFaults();
    await later(10 * 60_000, () => flushed(session_id));
    expect(await inD1(session_id)).toEqual(numbered(1, first - 1));
    expect(await inR2(session_id)).toEqual(numbered(1, first - 1));
    expect(await later(20 * 60_000, () => taken(batchOf(session_id, { first, events })))).toMatchObject({
      accepted: 100,
    });
  });
});

describe("a session that sends too fast", () => {
  it("is answered 429 with Retry-After after its burst, and another session is not", async () => {
    const session_id = newId();
    const next = batchOf(session_id, { first: 1_001, events: clicks(100) });
    // The clock stands still: a busy machine takes the seconds in which as much may be sent again.
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    for (let i = 0; i < 10; i++) await taken(batchOf(session_id, { first: 1 + i * 100, events: clicks(100) }));
    const { detail } = await problemOf(await post(BATCH, next), "too_fast");
    vi.useRealTimers();
    expect(detail).toContain("session");
    await taken(batchOf(newId()));
    expect(await later(5_000, () => taken(next))).toMatchObject({
      accepted: 100,
      ack: { through: 1_100, missing: [] },
    });
  });
});

describe("what every tracking route keeps to", () => {
  const origin = "https://shop.example";

  it("lets a page of the site read answers and problems, Retry-After included", async () => {
    const headers = { Origin: origin };
    const good = await post(BATCH, batchOf(newId()), { headers });
    const bad = await post(BATCH, "{", { headers });
    expect([good.status, bad.status]).toEqual([200, 400]);
    for (const response of [good, bad]) {
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe(origin);
      expect(response.headers.get("Access-Control-Expose-Headers")).toContain("Retry-After");
      expect(response.headers.get("Vary")).toContain("Origin");
      expect(response.headers.get("Cache-Control")).toBe("no-store");
    }
    expect((await post(BATCH, batchOf(newId()))).headers.get("Access-Control-Allow-Origin")).toBeNull();
  });

  it.each([[BATCH], [START], [SINGLE], [END]])("answers the preflight of %s", async (path) => {
    const response = await ask(path, {
      method: "OPTIONS",
      headers: {
        Origin: origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(origin);
    expect(response.headers.get("Access-Control-Allow-Methods")).toContain("POST");
    expect(response.headers.get("Access-Control-Allow-Headers")?.toLowerCase()).toContain("content-type");
    expect(Number(response.headers.get("Access-Control-Max-Age"))).toBeGreaterThan(0);
  });

  it.each([
    ["GET", BATCH, ["POST"]],
    ["PUT", START, ["POST"]],
    ["DELETE", "/track/socket", ["GET", "HEAD"]],
    ["POST", "/health", ["GET", "HEAD"]],
    ["PATCH", "/analytics/sites/default", ["GET", "HEAD", "PUT"]],
  ])("answers %s %s with 405 and what is allowed", async (method, path, allowed) => {
    const response = await ask(path, { method });
    const allow = (response.headers.get("Allow") ?? "").split(", ");
    expect(allow).toEqual(expect.arrayContaining(allowed));
    await problemOf(response, "method_not_allowed");
  });

  it.each([
    "/",
    "/track",
    "/track/",
    "/track/events",
    "/Track/event",
    "/%",
    "/track/%00",
    "/constructor",
    "//track/event",
  ])("answers 404 at %s", async (path) => {
    await problemOf(await ask(path), "not_found");
  });

  it("answers HEAD like GET, without a body", async () => {
    for (const path of ["/health", "/tracker.js", "/openapi.json"]) {
      const [head, get] = await Promise.all([ask(path, { method: "HEAD" }), ask(path)]);
      expect(head.status).toBe(200);
      expect(head.headers.get("Content-Type")).toBe(get.headers.get("Content-Type"));
      expect(await head.text()).toBe("");
    }
  });
});

describe("a page's socket", () => {
  it("takes a visit: start, events, end, with an ack to each frame by its id", async () => {
    const session_id = newId();
    const socket = await trackSocket(session_id, { Origin: "https://shop.example" });
    expect(await tablesOf(session_id)).toEqual([]);
    expect(await socket.call(frameOf({ id: "a", events: clicks(3) }))).toEqual({
      t: "ack",
      id: "a",
      accepted: 3,
      duplicates: 0,
      rejected: [],
      ack: { stream: "s1", through: 3, missing: [] },
    });
    const mixed = frameOf({
      id: 2,
      first: 4,
      start: undefined,
      events: [{ event_type: "" }, { event_type: "click" }],
    });
    expect(await socket.call(mixed)).toMatchObject({
      id: 2,
      accepted: 1,
      rejected: [{ index: 0, code: "invalid_event" }],
    });
    expect(await socket.call({ t: "end", id: 3, exit_page: PAGE })).toMatchObject({ t: "ack", id: 3, ended: true });
    expect(await socket.call(frameOf({ id: 4, first: 6 }))).toMatchObject({ id: 4, accepted: 1, ack: { ended: true } });
    await socket.ping();
    await flushed(session_id);
    expect(await inD1(session_id)).toEqual(["s1/1", "s1/2", "s1/3", "s1/5", "s1/6"]);
  });

  it("answers each of thirty frames sent without waiting", async () => {
    const session_id = newId();
    const socket = await trackSocket(session_id);
    const start = { page: PAGE, session_key: "k".repeat(32), device_info: { user_agent: "Browser 1" } };
    for (let i = 1; i <= 30; i++) socket.send(frameOf({ id: i, first: i, start }));
    const ids = new Set<unknown>();
    for (let i = 1; i <= 30; i++) {
      const { t, id, accepted } = await socket.next();
      expect({ t, accepted }).toEqual({ t: "ack", accepted: 1 });
      ids.add(id);
    }
    expect(ids.size).toBe(30);
    expect((await liveOf(session_id))?.completeness).toMatchObject({ received: 30, expected: 30, missing: 0 });
  });

  it.each([
    [1000, 1000],
    [1001, 1000],
    [3000, 3000],
    [4999, 4999],
  ])("that closes with %i is answered with %i", async (code, answer) => {
    const socket = await trackSocket(newId());
    await socket.call(frameOf());
    socket.socket.close(code);
    expect(await socket.closed).toMatchObject({ code: answer });
  });

  it("ends nothing when it closes, and goes on after an eviction of the actor by HTTP", async () => {
    const session_id = newId();
    const socket = await trackSocket(session_id);
    await socket.call(frameOf());
    socket.socket.close(1000, "bye");
    await socket.closed;
    await evict(session_id);
    expect(await liveOf(session_id)).toMatchObject({ ended: false, events: 1 });
    expect(await taken(batchOf(session_id, { first: 2 }))).toMatchObject({ accepted: 1 });
  });
});
