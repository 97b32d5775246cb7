import { describe, expect, it } from "vitest";
import { cleanRecorded } from "../../src/core/privacy/call";
import { buildCall, type CallContext } from "../../src/core/session/calls/call";
import { freeName, readName } from "../../src/protocol/event-name";
import { type Batch, parseBatch } from "../../src/protocol/track";

/** Whatever a call brings, by whichever way: nothing secret of it gets to the journal. */

const ID = "11111111-2222-4333-8444-555555555555";
const HEX = "9f86d081884c7d659a2feaa0c55ad015";
const CONTEXT: CallContext = {
  session_id: ID,
  site: "shop",
  gpc: false,
  default_consent: "granted",
  record: null,
  key_hash: null,
  network: { ip: "x", asn: 7, country: "DE", region: null, timezone: null, colo: null, protocol: null },
};
const SECRET = `https://jane:pw@shop.example/reset/${HEX}?u=jane%40example.com&token=abc&page=2#access_token=abc`;
const CLEAN = "https://shop.example/reset/:secret?u=:secret&page=2";

function batchOf(events: object[], more: object = {}): Batch {
  const parsed = parseBatch(JSON.parse(JSON.stringify({ session_id: ID, events, ...more })));
  if (!parsed.ok) throw new Error(parsed.refusal.detail);
  return parsed.value;
}

async function eventOf(event: object, allow: string[] = []) {
  const { batch } = await buildCall({ ...CONTEXT, allow }, { batch: batchOf([event]) });
  return batch?.events[0];
}

describe("a call", () => {
  it("has clean addresses, in a start, an end, and those that ride on a batch", async () => {
    const start = { page: SECRET, referrer: SECRET };
    const end = { exit_page: SECRET };
    const alone = await buildCall(CONTEXT, { start, end });
    expect(alone).toMatchObject({ start: { page: CLEAN, referrer: CLEAN }, end: { exit_page: CLEAN } });
    const riding = await buildCall(CONTEXT, { batch: batchOf([{ event_type: "click" }], { start, end }) });
    expect(riding).toMatchObject({ start: { page: CLEAN, referrer: CLEAN }, end: { exit_page: CLEAN } });
    expect(riding.batch).toMatchObject({ start: { page: CLEAN }, end: { exit_page: CLEAN } });
  });

  it("has clean names of events, and slugs of nothing else", async () => {
    const clean = readName("Mail to :secret");
    expect(await eventOf({ event_type: "Mail to jane@example.com" })).toEqual(clean);
    expect(await eventOf({ event_type: "Mail to :secret" })).toEqual(clean);
    expect(await eventOf({ event_type: "Mail to jane@example.com" }, ["*@example.com"])).toEqual(
      readName("Mail to jane@example.com"),
    );
    // Only a secret, and nothing of it is left: still a name, and no type of another kind.
    for (const name of [
      "jane@example.com",
      "?token=s3cr3tvalue9",
      "#access_token=abc",
      "token=abcdef",
      "?email=jane@doe.de",
    ]) {
      expect(await eventOf({ event_type: name }), name).toEqual(freeName(":secret"));
    }
    // A placeholder is longer than what it stands for.
    const long = await eventOf({ event_type: `${"W".repeat(57)} a@b.co` });
    expect(long).toEqual(freeName(`${"W".repeat(57)} :secre`));
  });

  it("has clean events: page, element and data, its names and its depths", async () => {
    const data = {
      title: "Welcome jane@example.com",
      href: SECRET,
      list: ["4111 1111 1111 1111", 4_111_111_111_111_111, { deep: HEX, "jane@example.com": 1 }, null, true],
    };
    const event = { event_type: "page_view", page: SECRET, element: `button#user-${HEX}`, x: 1, data };
    expect(await eventOf(event)).toEqual({
      event_type: "page_view",
      page: CLEAN,
      element: "button#:secret",
      x: 1,
      data: {
        title: "Welcome :secret",
        href: CLEAN,
        list: [":secret", 4_111_111_111_111_111, { deep: ":secret", ":secret": 1 }, null, true],
      },
    });
  });

  it("has errors without what they quote", async () => {
    const data = {
      message: "Invalid value hunter2",
      source: `https://shop.example/app.js?token=abc`,
      line: 3,
      column: 4,
      stack: "Error: hunter2\n    at pay (https://shop.example/app.js?key=1:3:4)",
      name: "TypeError",
      tag: "hunter",
    };
    const clean = {
      message: "Invalid value :secret",
      source: "https://shop.example/app.js",
      line: 3,
      column: 4,
      stack: "Error: :secret\n    at :secret (https://shop.example/app.js)",
      name: "TypeError",
      tag: ":secret",
    };
    expect((await eventOf({ event_type: "error", data }))?.data).toEqual(clean);
    expect((await eventOf({ event_type: "error", data }, ["tag"]))?.data).toMatchObject({ tag: "hunter" });
    const long = { message: `${"error ".repeat(1_000)}` };
    const { message } = (await eventOf({ event_type: "error", data: long }))?.data ?? {};
    expect(message).toBe(`${"error ".repeat(682)}:secret`);
  });

  it("keeps what was said on purpose: traits", async () => {
    const data = { email: "jane@example.com", phone: "+49 170 1234567" };
    expect(await eventOf({ event_type: "identify", data })).toEqual({ event_type: "identify", data });
  });

  it("keeps what its site allows", async () => {
    const page = `https://shop.example/o/ord_${HEX}?code=SUMMER&pin=1`;
    const event = { event_type: "click", page, data: { order: HEX, other: HEX } };
    expect(await eventOf(event, ["code", "ord_*", "order"])).toEqual({
      event_type: "click",
      page: `https://shop.example/o/ord_${HEX}?code=SUMMER`,
      data: { order: HEX, other: ":secret" },
    });
  });

  it("keeps places of events that were refused, and changes nothing of a call without a secret", async () => {
    const events = [{ event_type: "" }, { event_type: "click", page: "https://shop.example/a?b=1", element: "a.b" }];
    const parts = { batch: batchOf(events) };
    const call = await buildCall(CONTEXT, parts);
    expect(call.batch?.events).toEqual([null, events[1]]);
  });

  it("has addresses no longer than an address may be", async () => {
    const page = `https://shop.example/?${"a@b.cd&".repeat(280)}`;
    expect(await eventOf({ event_type: "click", page })).toEqual({
      event_type: "click",
      page: "https://shop.example/",
    });
  });
});

describe("a recording", () => {
  it("names its pages without secrets", () => {
    const events = [
      { type: 4, timestamp: 1, data: { href: SECRET, width: 1 } },
      { type: 3, timestamp: 2, data: { href: SECRET } },
      { type: 4, timestamp: 3, data: {} },
    ];
    cleanRecorded(events, []);
    expect(events.map(({ data }) => data)).toEqual([{ href: CLEAN, width: 1 }, { href: SECRET }, {}]);
  });
});
