import { describe, expect, it } from "vitest";
import * as z from "zod";
import { MAX_SIGNALS } from "../../src/limits";
import {
  DeviceInfo,
  EndFrame,
  EndInput,
  FrameId,
  parseWith,
  Screen,
  Signals,
  StartInput,
} from "../../src/protocol/track";

const ID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
const PAGE = "https://a.example/";
const text = (length: number) => "x".repeat(length);
const list = (count: number, one: unknown) => Array.from({ length: count }, () => one);
const signals = (count: number) => Object.fromEntries(list(count, true).map((value, i) => [`s${i}`, value]));

const SHORT: [unknown[], unknown[]] = [
  ["", "de", text(256), null, undefined],
  [text(257), 1],
];
const FIGURE: [unknown[], unknown[]] = [
  [0, 1, 2.5, 1_000_000, null, undefined],
  [-0.1, 1_000_000.1, "1", true],
];

describe("what a page says at its start", () => {
  it.each<[string, z.ZodObject, string, unknown[], unknown[]]>([
    ["start", StartInput, "page", [PAGE], ["", "/a", null, undefined]],
    ["start", StartInput, "site", ["a", null, undefined], ["", "_"]],
    ["start", StartInput, "session_id", [ID, null, undefined], ["x", ""]],
    ["start", StartInput, "fingerprint_id", ["f", null, undefined], ["", "a b"]],
    ["start", StartInput, "visitor_id", ["v", null, undefined], ["", "a b"]],
    [
      "start",
      StartInput,
      "visitor_secret",
      [text(32), text(128), `!${"~".repeat(31)}`, null, undefined],
      [text(31), text(129), `${text(31)} `, `${text(31)}ä`, 1],
    ],
    [
      "start",
      StartInput,
      "referrer",
      [PAGE, "", null, undefined],
      ["x", 1, "javascript:alert(1)", "about:blank", "file:///a"],
    ],
    [
      "start",
      StartInput,
      "referrer",
      ["android-app://com.google.android.gm/", "ANDROID-APP://a"],
      ["android-app://", "android-app:a"],
    ],
    ["start", StartInput, "referrer", ["ios-app://544007664/vnd.youtube"], ["app://a", "data:text/html,a", {}, []]],
    ["start", StartInput, "device_info", [{}, { language: "de" }, null, undefined], [{ language: 1 }, "x", []]],
    ["start", StartInput, "screen", [{}, { width: 1 }, null, undefined], [{ width: "1" }, "x"]],
    ["start", StartInput, "signals", [{}, { webdriver: true }, null, undefined], [{ webdriver: {} }, "x"]],
    ["start", StartInput, "consent", ["granted", "pending", "denied", null, undefined], ["yes", ""]],
    ["start", StartInput, "session_key", [text(16), null, undefined], [text(15)]],
    ["device", DeviceInfo, "user_agent", ["", "Mozilla/5.0", text(1_025), null, undefined], [1, {}]],
    ["device", DeviceInfo, "language", ...SHORT],
    ["device", DeviceInfo, "platform", ...SHORT],
    ["device", DeviceInfo, "timezone", ...SHORT],
    [
      "device",
      DeviceInfo,
      "languages",
      [[], ["de", text(64)], list(16, "de"), null, undefined],
      [[text(65)], "de", [1]],
    ],
    ["device", DeviceInfo, "languages", [["de"]], [list(17, "de")]],
    ["device", DeviceInfo, "hardware_concurrency", ...FIGURE],
    ["device", DeviceInfo, "device_memory", ...FIGURE],
    ["screen", Screen, "width", ...FIGURE],
    ["screen", Screen, "height", ...FIGURE],
    ["screen", Screen, "color_depth", ...FIGURE],
    ["screen", Screen, "pixel_ratio", ...FIGURE],
    ["end", EndInput, "session_id", [ID], ["x", null, undefined]],
    ["end", EndInput, "site", ["a", null, undefined], ["_"]],
    ["end", EndInput, "exit_page", [PAGE, null, undefined], ["x"]],
    ["end", EndInput, "timestamp", [0, -1.5, null, undefined], ["1"]],
    ["end", EndInput, "session_key", [text(16), null, undefined], [text(15)]],
    ["frame of its end", EndFrame, "t", ["end"], ["start", null, undefined]],
    ["frame of its end", EndFrame, "session_id", [ID, undefined], ["x"]],
    ["frame of its end", EndFrame, "exit_page", [PAGE, null, undefined], ["x"]],
  ])("or later, in its %s, is within bounds", (_, schema, name, good, bad) => {
    const whole = { page: PAGE, session_id: ID, t: "end" };
    for (const value of good) {
      expect(schema.safeParse({ ...whole, [name]: value }).success, JSON.stringify(value)).toBe(true);
    }
    for (const value of bad) {
      expect(schema.safeParse({ ...whole, [name]: value }).success, JSON.stringify(value)).toBe(false);
    }
  });

  it("is kept with each of its fields", () => {
    const device_info = { user_agent: "u", language: "de", languages: ["de"], platform: "p", timezone: "UTC" };
    const whole = {
      page: PAGE,
      site: "a",
      session_id: ID,
      fingerprint_id: "f",
      visitor_id: "v",
      visitor_secret: text(32),
      referrer: "",
      device_info: { ...device_info, hardware_concurrency: 8, device_memory: 4 },
      screen: { width: 1, height: 2, color_depth: 24, pixel_ratio: 1.5 },
      signals: { webdriver: false },
      consent: "pending",
      session_key: text(16),
    };
    expect(StartInput.parse({ ...whole, more: 1 })).toEqual(whole);
  });
});

describe("a referrer past the limit", () => {
  const read = (referrer: string) => StartInput.parse({ page: PAGE, referrer }).referrer ?? "";

  it("loses its query, which says nothing of where it points", () => {
    expect(read(`${PAGE}story?q=${text(3_000)}`)).toBe(`${PAGE}story`);
    expect(read(`${PAGE}story#${text(200_000)}`)).toBe(`${PAGE}story`);
  });

  it("is cut, and never through a character", () => {
    const cut = read(`${PAGE}${text(2_048 - PAGE.length - 1)}😀😀`);
    expect(cut).toBe(`${PAGE}${text(2_048 - PAGE.length - 1)}`);
    expect(read(`${PAGE}${text(5_000)}`)).toHaveLength(2_048);
  });
});

describe("a user agent past the limit", () => {
  const read = (user_agent: string) => DeviceInfo.parse({ user_agent }).user_agent;

  it("is cut, and never through a character", () => {
    expect(read(text(1_024))).toBe(text(1_024));
    expect(read(text(200_000))).toBe(text(1_024));
    expect(read(`${text(1_023)}😀`)).toBe(text(1_023));
  });
});

describe("signals", () => {
  it.each<[Record<string, unknown>, boolean]>([
    [{ a: true, b: 1.5, c: text(256), d: null, [text(64)]: "" }, true],
    [{ a: text(257) }, false],
    [{ [text(65)]: 1 }, false],
    [{ a: {} }, false],
    [{ a: [] }, false],
    [signals(MAX_SIGNALS), true],
    [signals(MAX_SIGNALS + 1), false],
  ])("are flags, numbers and short texts by short names, and not too many (%#)", (value, taken) => {
    expect(Signals.safeParse(value).success).toBe(taken);
  });

  it("say how many there may be", () => {
    const { error } = Signals.safeParse(signals(MAX_SIGNALS + 1));
    expect(error?.issues[0]?.message).toBe(`at most ${MAX_SIGNALS} signals`);
  });
});

it("a frame's id is a short text or a number, or there is none", () => {
  for (const id of ["", text(64), 1, -1.5, null, undefined]) expect(FrameId.safeParse(id).success).toBe(true);
  for (const id of [text(65), true, {}]) expect(FrameId.safeParse(id).success).toBe(false);
});

describe("a body that does not fit its schema", () => {
  it("is refused with each place, and the first of them as the reason", () => {
    const schema = z.object({ a: z.object({ b: z.literal(1, "must be 1") }), c: z.literal(2, "must be 2") });
    expect(parseWith(schema, { a: { b: 0 }, c: 0 })).toEqual({
      ok: false,
      refusal: {
        code: "invalid_body",
        detail: "a.b: must be 1",
        errors: [
          { path: "a.b", message: "must be 1" },
          { path: "c", message: "must be 2" },
        ],
      },
    });
    expect(parseWith(schema, { a: { b: 1 }, c: 2 })).toEqual({ ok: true, value: { a: { b: 1 }, c: 2 } });
  });

  it("and is bad as a whole is called the body", () => {
    expect(parseWith(z.literal(1, "must be 1"), 2)).toMatchObject({ refusal: { detail: "body: must be 1" } });
  });
});
