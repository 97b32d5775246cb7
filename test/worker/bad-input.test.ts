import { describe, expect, it } from "vitest";
import { MAX_BODY_BYTES, MAX_FRAME_UNITS } from "../../src/limits";
import { ask, entriesInR2, evict, inD1, isEvent, journalOf, liveOf, PAGE, post, tablesOf } from "../support/visit";
import {
  BATCH,
  batchOf,
  type Client,
  clicks,
  END,
  expectUntouchedAndAlive,
  type Frame,
  flushed,
  frameOf,
  newId,
  problemOf,
  read,
  SINGLE,
  START,
  taken,
  trackSocket,
} from "./helpers";

/** JSON cannot say it by way of `stringify`: a string that becomes a number past all numbers. */
const ENDLESS = "the endless number";
const json = (body: unknown): string => JSON.stringify(body).replaceAll(`"${ENDLESS}"`, "1e999");

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = i % 2 ? [value] : { value };
  return value;
}

/** `__proto__` as an own key, which an object literal cannot say. */
const proto = (): object => JSON.parse('{"__proto__": {"polluted": true}}') as object;

const many = (count: number, prefix: string): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, i]));

/** What is wrong with the envelope of a batch, over HTTP and over a socket alike. */
const ENVELOPES: [why: string, more: object][] = [
  ["no events", { events: [] }],
  ["101 events", { events: clicks(101) }],
  ["events that are an object", { events: { 0: { event_type: "click" } } }],
  ["no list of events", { events: null }],
  ["a stream that is a number", { stream: 1 }],
  ["a stream with a slash", { stream: "a/b" }],
  ["a stream named __proto__", { stream: "__proto__" }],
  ["a stream of 65 letters", { stream: "s".repeat(65) }],
  ["the stream that is the actor's own", { stream: "server" }],
  ["a stream without first", { first: undefined }],
  ["first without a stream", { stream: undefined }],
  ["first as text", { first: "1" }],
  ["first: 0", { first: 0 }],
  ["first: -1", { first: -1 }],
  ["first: 1.5", { first: 1.5 }],
  ["first past every number", { first: ENDLESS }],
  ["first past a thousand million", { first: 1_000_000_001 }],
  ["sent_at as text", { sent_at: "now" }],
  ["sent_at past every number", { sent_at: ENDLESS }],
  ["a gone range that runs backwards", { gone: [[3, 2]] }],
  ["a gone range of three numbers", { gone: [[1, 2, 3]] }],
  ["a gone range from 0", { gone: [[0, 1]] }],
  ["17 gone ranges", { gone: Array.from({ length: 17 }, (_, i) => [i * 2 + 1, i * 2 + 1]) }],
  ["gone without a stream", { stream: undefined, first: undefined, gone: [[1, 1]] }],
  ["a start that is a list", { start: [] }],
  ["a start without a page", { start: {} }],
  ["a start on a javascript: page", { start: { page: "javascript:alert(1)" } }],
  ["a start on a data: page", { start: { page: "data:text/html,x" } }],
  ["a start on a relative page", { start: { page: "/pricing" } }],
  ["a start on a page of 3,000 characters", { start: { page: `https://shop.example/${"x".repeat(3_000)}` } }],
  ["a referrer that is no URL", { start: { page: PAGE, referrer: "javascript:alert(1)" } }],
  ["a visitor id of 129 characters", { start: { page: PAGE, visitor_id: "v".repeat(129) } }],
  ["a visitor id with a line break", { start: { page: PAGE, visitor_id: "a\nb" } }],
  ["an empty fingerprint id", { start: { page: PAGE, fingerprint_id: "" } }],
  ["a fingerprint id that is an object", { start: { page: PAGE, fingerprint_id: {} } }],
  ["a consent nobody knows", { start: { page: PAGE, consent: "maybe" } }],
  ["a screen of negative width", { start: { page: PAGE, screen: { width: -1 } } }],
  ["a screen past every number", { start: { page: PAGE, screen: { width: ENDLESS } } }],
  ["a signal that is an object", { start: { page: PAGE, signals: { webdriver: {} } } }],
  ["65 signals", { start: { page: PAGE, signals: many(65, "s") } }],
  ["a start of another session", { start: { page: PAGE, session_id: "11111111-2222-4333-8444-555555555555" } }],
  ["an end of another session", { end: { session_id: "11111111-2222-4333-8444-555555555555" } }],
  ["an exit page that is no URL", { end: { exit_page: "javascript:alert(1)" } }],
  ["a session key of 15 characters", { session_key: "k".repeat(15) }],
];

/** What is wrong with an event. */
const EVENTS: [why: string, event: unknown][] = [
  ["is null", null],
  ["is text", "click"],
  ["is a list", []],
  ["has no type", { page: PAGE }],
  ["has a number for a type", { event_type: 1 }],
  ["has an empty name", { event_type: " " }],
  ["has a name with a line feed in it", { event_type: "a\nb" }],
  ["has a name of nothing that is stored", { event_type: "\u0000\ud800" }],
  ["has a type of 65 letters", { event_type: "a".repeat(65) }],
  ["has a javascript: page", { event_type: "click", page: "javascript:alert(1)" }],
  ["has a page that is no URL", { event_type: "click", page: "https://" }],
  ["has a page of 3,000 characters", { event_type: "click", page: `https://shop.example/${"x".repeat(3_000)}` }],
  ["has text for x", { event_type: "click", x: "3" }],
  ["has an x past every number", { event_type: "click", x: ENDLESS }],
  ["has a y below all pages", { event_type: "click", y: -1e9 }],
  ["has a timestamp past every number", { event_type: "click", timestamp: ENDLESS }],
  ["has a timestamp that is text", { event_type: "click", timestamp: "2026-01-01" }],
  ["has an element of 513 characters", { event_type: "click", element: "e".repeat(513) }],
  ["has scrolled 101 percent", { event_type: "scroll", scroll_percent: 101 }],
  ["has scrolled -1 percent", { event_type: "scroll", scroll_percent: -1 }],
  ["has text for data", { event_type: "click", data: "x" }],
  ["has a list for data", { event_type: "click", data: [1] }],
  ["identifies with 65 traits", { event_type: "identify", data: many(65, "t") }],
  ["identifies with 5,000 characters", { event_type: "identify", data: { bio: "b".repeat(5_000) } }],
];

const FORBIDDEN: [where: string, more: () => object][] = [
  ["at the top", () => proto()],
  ["in start", () => ({ start: { page: PAGE, ...proto(), device_info: proto() } })],
  ["in start's signals", () => ({ start: { page: PAGE, signals: proto() } })],
  ["in end", () => ({ end: proto() })],
  ["in an event", () => ({ events: [proto()] })],
  ["in an event's data", () => ({ events: [{ event_type: "click", data: proto() }] })],
  ["in a list deep in data", () => ({ events: [{ event_type: "click", data: { a: [[proto()]] } }] })],
];

/** Spreading copies `__proto__` as an own key only when it is one, and `stringify` writes it. */
const withProto = (body: object, more: object): string => {
  const own = Object.getOwnPropertyDescriptors(more);
  return json(Object.defineProperties({ ...body }, own));
};

describe("a batch over HTTP", () => {
  it.each([
    ["an empty body", ""],
    ["half a body", '{"session_id":'],
    ["a body with a comma too many", "[1,]"],
    ["HTML", "<html>"],
    ["NaN", '{"first": NaN}'],
    ["a raw NUL in a string", '{"session_id":"\u0000"}'],
  ])("is refused as no JSON when it is %s", async (_, body) => {
    await problemOf(await post(BATCH, body), "invalid_json");
  });

  it.each([["null"], ["1"], ['"text"'], ["[]"], ["true"], ["{}"]])("is refused when the body is %s", async (body) => {
    for (const path of [BATCH, START, SINGLE, END]) {
      const code = (await post(path, body)).clone();
      await problemOf(code, "invalid_body");
    }
  });

  it.each(ENVELOPES)("is refused whole with %s, and nothing is stored", async (_, more) => {
    const session_id = newId();
    await problemOf(await post(BATCH, json(batchOf(session_id, more))), "invalid_body");
    await expectUntouchedAndAlive(session_id);
  });

  it.each(EVENTS)("is refused when its only event %s, and nothing is stored", async (_, event) => {
    const session_id = newId();
    const response = await post(BATCH, json(batchOf(session_id, { events: [event] })));
    const { errors } = await problemOf(response, "no_valid_event");
    expect(errors?.[0]?.path).toBe("events.0");
    await expectUntouchedAndAlive(session_id);
  });

  it.each(FORBIDDEN)("is refused with the key __proto__ %s, and nothing is stored", async (_, more) => {
    const session_id = newId();
    await problemOf(await post(BATCH, withProto(batchOf(session_id), more())), "forbidden_key");
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    await expectUntouchedAndAlive(session_id);
  });

  it("finds __proto__ behind escapes and NULs", async () => {
    const session_id = newId();
    for (const key of ["\\u005f_proto__", "__pro\\u0000to__", "__proto\\ud800__"]) {
      const body = json(batchOf(session_id)).replace('"event_type"', `"data":{"${key}":{"a":1}},"event_type"`);
      await problemOf(await post(BATCH, body), "forbidden_key");
    }
    await expectUntouchedAndAlive(session_id);
  });

  it("is refused at 64 and at 33 levels of nesting, and taken at 32", async () => {
    const session_id = newId();
    // The data of an event stands three levels deep: body, events, event.
    const deep = (levels: number) =>
      batchOf(session_id, { events: [{ event_type: "click", data: nested(levels - 3) }] });
    for (const levels of [64, 33]) await problemOf(await post(BATCH, deep(levels)), "too_deep");
    await problemOf(await post(BATCH, "[".repeat(32)), "invalid_json");
    // Depth is looked at before the text is parsed.
    await problemOf(await post(BATCH, "[".repeat(200_000)), "too_deep");
    await problemOf(await post(BATCH, `${"[".repeat(100_000)}${"]".repeat(100_000)}`), "too_deep");
    expect(await tablesOf(session_id)).toEqual([]);
    const levels = deep(32);
    expect(await taken({ ...levels, events: [{ event_type: "click", data: { list: nested(28) } }] })).toMatchObject({
      accepted: 1,
    });
  });

  it.each([["not-a-uuid"], [""], ["../../etc/passwd"], ["{11111111-2222-4333-8444-555555555555}"], ["constructor"]])(
    "is refused with the session id %j",
    async (session_id) => {
      for (const path of [BATCH, SINGLE]) {
        const { errors } = await problemOf(
          await post(path, batchOf(session_id, { event_type: "click" })),
          "invalid_body",
        );
        expect(errors?.[0]).toEqual({ path: "session_id", message: "must be a UUID" });
      }
      await problemOf(await post(END, { session_id }), "invalid_body");
      await problemOf(await post(START, { session_id, page: PAGE }), "invalid_body");
    },
  );

  it("of an unknown session is 404 without its start, on every route, and creates nothing", async () => {
    const session_id = newId();
    await problemOf(await post(BATCH, batchOf(session_id, { start: undefined })), "session_unknown");
    await problemOf(await post(SINGLE, { session_id, event_type: "click" }), "session_unknown");
    await problemOf(await post(END, { session_id }), "session_unknown");
    await expectUntouchedAndAlive(session_id);
  });

  it("takes a session id in capitals for the same session", async () => {
    const session_id = newId();
    await taken(batchOf(session_id.toUpperCase()));
    expect(await taken(batchOf(session_id))).toMatchObject({ accepted: 0, duplicates: 1 });
  });

  it.each([
    ["application/x-www-form-urlencoded"],
    ["multipart/form-data; boundary=x"],
    ["application/json5"],
    ["text/html"],
    ["application/octet-stream"],
    [" "],
  ])("is refused as %j", async (type) => {
    const session_id = newId();
    const response = await post(BATCH, batchOf(session_id), { headers: { "Content-Type": type } });
    await problemOf(response, "unsupported_type");
    await expectUntouchedAndAlive(session_id);
  });

  it("is refused without a content type", async () => {
    const body = new TextEncoder().encode(JSON.stringify(batchOf(newId())));
    const headers = { "Content-Type": "" };
    await problemOf(await ask(BATCH, { method: "POST", headers, body }), "unsupported_type");
  });

  it("is refused at 1 MiB, declared or streamed, and one byte past the limit", async () => {
    const session_id = newId();
    const padded = (bytes: number): string => JSON.stringify(batchOf(session_id)).padEnd(bytes, " ");
    await problemOf(await post(BATCH, padded(1024 * 1024)), "too_large");
    await problemOf(await post(BATCH, padded(MAX_BODY_BYTES + 1)), "too_large");
    await problemOf(await streamed(padded(1024 * 1024)), "too_large");
    await problemOf(await streamed(padded(MAX_BODY_BYTES + 1)), "too_large");
    await expectUntouchedAndAlive(session_id);
    expect((await post(BATCH, padded(MAX_BODY_BYTES))).status).toBe(200);
    expect((await streamed(padded(MAX_BODY_BYTES))).status).toBe(200);
  });

  it("counts bytes, not characters", async () => {
    const body = JSON.stringify(
      batchOf(newId(), { events: [{ event_type: "click", data: { t: "é".repeat(150_000) } }] }),
    );
    await problemOf(await post(BATCH, body), "too_large");
  });

  it.each([
    ["in the middle", [0xff]],
    ["of a surrogate", [0xed, 0xa0, 0x80]],
    ["of an overlong slash", [0xc0, 0xaf]],
  ])("is refused with invalid UTF-8 %s", async (_, bytes) => {
    const session_id = newId();
    const [head, tail] = JSON.stringify(batchOf(session_id, { events: [{ event_type: "click", element: "@" }] })).split(
      "@",
    );
    const encoder = new TextEncoder();
    const body = new Uint8Array([...encoder.encode(head), ...bytes, ...encoder.encode(tail)]);
    await problemOf(await ask(BATCH, { method: "POST", body }), "not_utf8");
    await problemOf(await ask(BATCH, { method: "POST", body: new Uint8Array([0x22, 0xe2, 0x82]) }), "not_utf8");
    await expectUntouchedAndAlive(session_id);
  });

  it("reads a character that two chunks share", async () => {
    const bytes = new TextEncoder().encode(
      JSON.stringify(batchOf(newId(), { events: [{ event_type: "click", element: "€" }] })),
    );
    const cut = bytes.indexOf(0xe2) + 1;
    const chunks = [bytes.slice(0, cut), bytes.slice(cut)];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
    });
    expect((await ask(BATCH, { method: "POST", body })).status).toBe(200);
  });

  it.each([["a b"], [""], ["../x"], ["x".repeat(65)], ["__proto__"]])("is refused for the site %j", async (site) => {
    const session_id = newId();
    const response = await post(`${BATCH}?site=${encodeURIComponent(site)}`, batchOf(session_id));
    await problemOf(response, "invalid_query");
    await problemOf(await post(BATCH, batchOf(session_id, { site })), "invalid_body");
    await expectUntouchedAndAlive(session_id);
  });
});

/** Sends a body in chunks of 64 KiB, with no declared length. */
function streamed(text: string): Promise<Response> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + 65_536));
      at += 65_536;
    },
  });
  return ask(BATCH, { method: "POST", body });
}

describe("a header or an address that is far too long", () => {
  const LONG = 60_000;
  const headers = (more: Record<string, string>) => ({ headers: { "Content-Type": "application/json", ...more } });

  it.each([
    ["User-Agent", `Version/${"1".repeat(LONG)}`],
    ["User-Agent", "Mozilla/5.0 (".repeat(LONG / 13)],
    ["Sec-CH-UA", '"Chromium"; '.repeat(LONG / 12)],
    ["Accept-Language", `${"a-".repeat(LONG / 2)}!`],
    ["Accept", `text/csv${" ".repeat(LONG)}`],
    ["Referer", `https://shop.example/${"%".repeat(LONG)}`],
  ])("%s: is cut, and the call is taken", async (name, value) => {
    const session_id = newId();
    expect((await post(BATCH, batchOf(session_id), headers({ [name]: value }))).status).toBe(200);
    const sent = { ...clicks(1)[0], session_id, stream: "s2", first: 1 };
    expect((await post(SINGLE, sent, headers({ [name]: value }))).status).toBe(200);
    expect((await post("/lead", { email: `${session_id}@shop.example` }, headers({ [name]: value }))).status).toBe(202);
  });

  it("asked for at more than 16 KB is 414", async () => {
    await problemOf(await ask(`/health?${"a".repeat(16 * 1_024)}`), "address_too_long");
    expect((await ask(`/health?${"a".repeat(15 * 1_024)}`)).status).toBe(200);
  });
});

describe("text that cannot be stored", () => {
  const dirty = "a\u0000b\ud800c😀\udc00d\ud83d\u0000\ude00e";
  const kept = "abc😀de";
  const harmless = '<script>alert("1")</script>\';--\u0001\u0007\u2028\ufeff\u202e\u007f%00 ﷽';

  it("loses NUL and lone surrogates and nothing else, on its way to D1, R2 and the API", async () => {
    const session_id = newId();
    const event = {
      event_type: "click",
      element: `#${dirty}`,
      data: { text: dirty, [`k${dirty}`]: [dirty, { deep: harmless }], toJSON: 1, hasOwnProperty: 2, constructor: 3 },
    };
    await taken(batchOf(session_id, { start: { page: PAGE, device_info: { platform: dirty } }, events: [event] }));
    const clean = {
      element: `#${kept}`,
      data: { text: kept, [`k${kept}`]: [kept, { deep: harmless }], toJSON: 1, hasOwnProperty: 2, constructor: 3 },
    };
    await flushed(session_id);
    const { data } = await read<{ data: unknown[] }>(`/analytics/sessions/${session_id}/events`);
    expect(data).toEqual([expect.objectContaining(clean)]);
    expect((await entriesInR2(session_id)).filter(isEvent)).toEqual([
      expect.objectContaining({ element: clean.element, detail: { data: clean.data } }),
    ]);
    const session = await read<{ data: { device: { platform: string } } }>(`/analytics/sessions/${session_id}`);
    expect(session.data.device.platform).toBe(kept);
  });

  it("goes through a socket the same way", async () => {
    const session_id = newId();
    const socket = await trackSocket(session_id);
    const frame = frameOf({ events: [{ event_type: "click", data: { text: dirty, harmless } }] });
    expect(await socket.call(frame)).toMatchObject({ t: "ack", accepted: 1 });
    const [, event] = await journalOf(session_id);
    expect(event).toMatchObject({ detail: { data: { text: kept, harmless } } });
  });
});

describe("names that every object has", () => {
  const NAMES = ["constructor", "valueof", "tostring", "hasownproperty", "watch", "prototype"];

  it("count as event types like any other, before and after an eviction", async () => {
    const session_id = newId();
    const events = NAMES.flatMap((event_type) => [{ event_type }, { event_type }]);
    await taken(batchOf(session_id, { events }));
    const counts = Object.fromEntries(NAMES.map((name) => [name, 2]));
    expect((await liveOf(session_id))?.counts).toEqual(counts);
    await evict(session_id);
    expect((await liveOf(session_id))?.counts).toEqual(counts);
    await flushed(session_id);
    const { data } = await read<{ data: { counts: object } }>(`/analytics/sessions/${session_id}`);
    expect(data.counts).toEqual(counts);
  });

  it.each([["constructor"], ["toString"], ["valueOf"], ["hasOwnProperty"], ["prototype"]])(
    "serve as the name of a stream: %s",
    async (stream) => {
      const session_id = newId();
      const batch = batchOf(session_id, { stream, first: 3 });
      expect((await taken(batch)).ack).toEqual({ stream, through: 3, missing: [[1, 2]] });
      await evict(session_id);
      expect(await taken(batch)).toMatchObject({ accepted: 0, duplicates: 1, ack: { stream, through: 3 } });
      await flushed(session_id);
      expect(await inD1(session_id)).toEqual([`${stream}/3`]);
    },
  );
});

describe("a clock that is years off", () => {
  const YEAR = 365 * 24 * 3_600_000;

  it.each([
    ["a timestamp in 1970 beside a right sent_at", (now: number) => [now, 0]],
    ["a timestamp in 2100 beside a right sent_at", (now: number) => [now, now + 74 * YEAR]],
    ["a sent_at of 0", (now: number) => [0, now]],
    ["negative times", () => [-1e12, -5e12]],
    ["times beyond all dates", () => [1e300, 1e18]],
    ["a difference of infinite size", () => [1.7e308, -1.7e308]],
    ["a fraction of a millisecond", (now: number) => [now + 0.4, now]],
  ])("puts events between the one before and their receive time: %s", async (_, times) => {
    const session_id = newId();
    await taken(batchOf(session_id));
    const [sent_at, timestamp] = times(Date.now());
    const events = [{ event_type: "click", timestamp }, { event_type: "click" }];
    await taken(batchOf(session_id, { first: 2, sent_at, events }));
    const [before, ...after] = (await journalOf(session_id)).filter(isEvent);
    let earliest = before?.at ?? Number.NaN;
    for (const { at, received_at } of after) {
      expect(at).toBeGreaterThanOrEqual(earliest);
      expect(at).toBeLessThanOrEqual(received_at);
      expect(Number.isInteger(at)).toBe(true);
      earliest = at;
    }
    expect(after).toHaveLength(2);
  });

  it("still measures by the difference of its two readings", async () => {
    const session_id = newId();
    const sent_at = Date.now() - 10 * YEAR;
    const events = [5_000, 2_000, 3_000].map((age) => ({ event_type: "click", timestamp: sent_at - age }));
    await taken(batchOf(session_id, { sent_at, events }));
    const ages = (await journalOf(session_id)).filter(isEvent).map(({ at, received_at }) => received_at - at);
    expect(ages).toEqual([5_000, 2_000, 2_000]);
    expect((await liveOf(session_id))?.engaged_ms).toBe(3_000);
  });

  it("does not move the end out of the session either", async () => {
    const session_id = newId();
    await taken(batchOf(session_id));
    const response = await post(END, { session_id, timestamp: -1e15 });
    const { ended_at } = await response.json<{ ended_at: number }>();
    expect(Math.abs(ended_at - Date.now())).toBeLessThan(5_000);
  });
});

describe("a frame on a socket", () => {
  const answered = async (frame: unknown): Promise<{ socket: Client; answer: Frame; session_id: string }> => {
    const session_id = newId();
    const socket = await trackSocket(session_id);
    return { socket, session_id, answer: await socket.call(frame) };
  };

  /** The socket still works, and what it was refused for has left nothing. */
  const expectFreshSession = async (socket: Client): Promise<void> => {
    expect(await socket.call(frameOf({ id: "good" }))).toMatchObject({ t: "ack", id: "good", accepted: 1 });
  };

  it.each(ENVELOPES)("is answered with an error for %s", async (_, more) => {
    const { socket, answer, session_id } = await answered(json(frameOf(more)));
    expect(answer).toMatchObject({ t: "error", id: 7, code: "invalid_body", detail: expect.stringMatching(/\w+: \w/) });
    expect(await tablesOf(session_id)).toEqual([]);
    await expectFreshSession(socket);
  });

  it.each(EVENTS)("is answered with an error when its only event %s", async (_, event) => {
    const { socket, answer, session_id } = await answered(json(frameOf({ events: [event] })));
    expect(answer).toMatchObject({ t: "error", id: 7, code: "no_valid_event" });
    expect(await tablesOf(session_id)).toEqual([]);
    await expectFreshSession(socket);
  });

  it.each(FORBIDDEN)("is answered with an error for __proto__ %s", async (_, more) => {
    const { socket, answer, session_id } = await answered(withProto(frameOf(), more()));
    expect(answer).toMatchObject({ t: "error", code: "forbidden_key" });
    expect(await tablesOf(session_id)).toEqual([]);
    await expectFreshSession(socket);
  });

  it.each([["null"], ["1"], ["[]"], ['"events"'], ["{}"], ['{"t":"start"}'], ['{"t":"__proto__"}'], ['{"t":1}']])(
    "is answered with an error when it says nothing: %s",
    async (frame) => {
      const { socket, answer } = await answered(frame);
      expect(answer).toMatchObject({ t: "error", code: "invalid_frame" });
      await expectFreshSession(socket);
    },
  );

  it("is answered with an error at 64 levels of nesting", async () => {
    const { socket, answer } = await answered(frameOf({ events: [{ event_type: "click", data: nested(64) }] }));
    expect(answer).toMatchObject({ t: "error", code: "too_deep" });
    await expectFreshSession(socket);
  });

  it("of another session is answered with an error and touches neither session", async () => {
    const other = newId();
    const { socket, answer } = await answered(frameOf({ session_id: other }));
    expect(answer).toMatchObject({ t: "error", id: 7, code: "invalid_frame" });
    expect(await tablesOf(other)).toEqual([]);
    await expectFreshSession(socket);
  });

  it("may name its own session in capitals", async () => {
    const session_id = newId();
    const socket = await trackSocket(session_id.toUpperCase());
    expect(await socket.call(frameOf({ session_id: session_id.toUpperCase() }))).toMatchObject({ t: "ack" });
  });

  it("that ends with a bad page is answered with an error, and the session goes on", async () => {
    const session_id = newId();
    const socket = await trackSocket(session_id);
    await socket.call(frameOf());
    expect(await socket.call({ t: "end", id: 8, exit_page: "javascript:alert(1)" })).toMatchObject({
      t: "error",
      id: 8,
      code: "invalid_body",
    });
    expect((await liveOf(session_id))?.ended).toBe(false);
  });

  it("of an unknown session is answered and the socket closed with 4404", async () => {
    const session_id = newId();
    const socket = await trackSocket(session_id);
    expect(await socket.call(frameOf({ start: undefined }))).toMatchObject({ t: "error", code: "session_unknown" });
    expect(await socket.closed).toMatchObject({ code: 4404 });
    await expectUntouchedAndAlive(session_id);
  });

  it.each([
    ["4400", "binary", () => new Uint8Array([123, 125]).buffer],
    ["4400", "no JSON", () => "{"],
    ["4400", "empty", () => ""],
    ["4413", "too large", () => JSON.stringify(frameOf()).padEnd(MAX_FRAME_UNITS + 1, " ")],
    ["4413", "far too large", () => JSON.stringify(frameOf()).padEnd(1024 * 1024, " ")],
  ])("closes the socket with %s when it is %s, and the actor lives", async (code, _, frame) => {
    const session_id = newId();
    const socket = await trackSocket(session_id);
    socket.socket.send(frame());
    expect(await socket.closed).toMatchObject({ code: Number(code) });
    await expectUntouchedAndAlive(session_id);
  });

  it("is taken at exactly the largest size", async () => {
    const socket = await trackSocket(newId());
    expect(await socket.call(JSON.stringify(frameOf()).padEnd(MAX_FRAME_UNITS, " "))).toMatchObject({ t: "ack" });
  });

  it("that is bad twenty times in a row closes the socket with 4400; a good one between begins anew", async () => {
    const socket = await trackSocket(newId());
    for (let i = 0; i < 19; i++) expect(await socket.call("{}")).toMatchObject({ t: "error" });
    expect(await socket.call(frameOf())).toMatchObject({ t: "ack" });
    for (let i = 0; i < 20; i++) expect(await socket.call("{}")).toMatchObject({ t: "error" });
    expect(await socket.closed).toMatchObject({ code: 4400 });
  });
});

describe("a socket that floods", () => {
  it("is told to wait, then closed with 4429; what was acked is kept and the actor is alive", async () => {
    const session_id = newId();
    const socket = await trackSocket(session_id);
    for (let i = 0; i < 200; i++) socket.send(frameOf({ id: i, first: 1 + i * 100, events: clicks(100) }));
    expect(await socket.closed).toMatchObject({ code: 4429 });
    const frames = socket.received.map((text) => JSON.parse(text) as Frame);
    const acked = frames.filter(({ t }) => t === "ack");
    const refused = frames.filter(({ t }) => t === "error");
    expect(refused.length).toBeGreaterThanOrEqual(20);
    for (const frame of refused) {
      expect(frame).toMatchObject({ code: "too_fast", detail: expect.any(String), retry_after: expect.any(Number) });
    }
    const live = await liveOf(session_id);
    expect(live?.events).toBe(acked.reduce((sum, { accepted = 0 }) => sum + accepted, 0));
    expect(live?.actor.wakes).toBe(1);
    await flushed(session_id);
    expect(await inD1(session_id)).toHaveLength(live?.events ?? -1);
  });

  it("with frames that are no JSON harms nobody", async () => {
    const session_id = newId();
    const socket = await trackSocket(session_id);
    for (let i = 0; i < 300; i++) socket.socket.send("{");
    expect(await socket.closed).toMatchObject({ code: 4400 });
    await expectUntouchedAndAlive(session_id);
  });
});

describe("a socket that cannot be opened", () => {
  it("is a problem: a bad session id, a missing one, no upgrade, a bad site", async () => {
    const headers = { Upgrade: "websocket" };
    await problemOf(await ask("/track/socket?session_id=x", { headers }), "invalid_query");
    await problemOf(await ask("/track/socket", { headers }), "invalid_query");
    await problemOf(await ask(`/track/socket?session_id=${newId()}`), "upgrade_required");
    await problemOf(await ask(`/track/socket?session_id=${newId()}&site=a%20b`, { headers }), "invalid_query");
    await problemOf(await post(`/track/socket?session_id=${newId()}`, {}), "method_not_allowed");
  });

  it("never makes a 500 of HEAD", async () => {
    for (const headers of [{ Upgrade: "websocket" }, {}]) {
      const response = await ask(`/track/socket?session_id=${newId()}`, { method: "HEAD", headers });
      expect(response.status).toBeLessThan(500);
    }
  });
});
