// Hostile bodies: good ones, changed at random. The same seed gives the same bodies.
import { randomUUID } from "node:crypto";
import type { Random } from "../lib/random.ts";

export const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

/** Values that replace a good one. */
const HOSTILE = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e9,
  1e308,
  -1e308,
  2 ** 53,
  "",
  " ",
  "0",
  "null",
  "__proto__",
  "constructor",
  "\u0000",
  "\ud800",
  "\udc00x",
  "\u202e",
  "é".repeat(3_000),
  "x".repeat(70_000),
  "😀".repeat(600),
  "%00",
  "%",
  "../../x",
  "https://shop.example/?token=abc",
  "javascript:alert(1)",
  "http://[::1]:99999/",
  "https://ü.example/%",
  "file:///etc/passwd",
  "' OR 1=1 --",
  '"); DROP TABLE events; --',
  "{{7*7}}",
  "<script>alert(1)</script>",
  "=1+1",
  "a@b",
  "a@b.co",
  "+4915123456789",
  [],
  {},
  [[[[[[]]]]]],
  { a: { b: { c: {} } } },
  [1, "x", null],
  Array.from({ length: 200 }, (_, i) => i),
];

const TYPES = [
  "click",
  "scroll",
  "mousemove",
  "page_view",
  "error",
  "form_submit",
  "identify",
  "custom",
  "shop.bought",
];

/** The session is new each time, so that no body ends another one's. */
function batch(random: Random) {
  const count = 1 + Math.floor(random() * 5);
  return {
    session_id: randomUUID(),
    stream: "s1",
    first: 1,
    sent_at: 1_790_000_000_000,
    start: {
      page: "https://shop.example/",
      referrer: "https://search.example/?q=x",
      device_info: { user_agent: "Mozilla/5.0", timezone: "Europe/Berlin" },
    },
    events: Array.from({ length: count }, () => ({
      event_type: pick(random, TYPES),
      timestamp: 1_790_000_000_000,
      page: "https://shop.example/a",
      x: 1,
      y: 2,
      element: "main > a",
      scroll_percent: 50,
      data: { name: "x", total: 3, path: [[0, 1, 2]] },
    })),
    gone: [],
  };
}

const lead = () => ({
  email: `${randomUUID()}@shop.example`,
  phone: "+4915123456789",
  name: "Anna",
  message: "Hello",
  country: "DE",
  budget: 5,
});

/** Good bodies of each public path. */
export const CALLS: readonly { path: string; make: (random: Random) => Record<string, unknown> }[] = [
  {
    path: "/track/session/start",
    make: () => ({ page: "https://shop.example/", session_id: randomUUID(), signals: { webdriver: false } }),
  },
  { path: "/track/events/batch", make: batch },
  { path: "/track/events/batch", make: batch },
  {
    path: "/track/event",
    make: (random) => ({ ...batch(random), events: undefined, event_type: "click", data: { a: 1 } }),
  },
  { path: "/track/session/end", make: () => ({ session_id: randomUUID(), exit_page: "https://shop.example/b" }) },
  {
    path: "/track/recording",
    make: () => ({
      v: 1,
      session_id: randomUUID(),
      stream: "s1",
      n: 0,
      at: 1,
      events: [{ type: 4, data: { href: "https://shop.example/" }, timestamp: 1 }],
    }),
  },
  { path: "/lead", make: lead },
  { path: "/lead/callback", make: () => ({ lead_id: randomUUID(), crm_id: "c", status: "won" }) },
  { path: "/contact.php", make: lead },
];

/** Changes a value somewhere in a body. */
function changed(random: Random, value: unknown): unknown {
  const isInside = typeof value === "object" && value !== null && random() < 0.8;
  if (!isInside) return pick(random, HOSTILE);
  if (Array.isArray(value)) {
    const at = Math.floor(random() * value.length);
    if (random() < 0.15) return [...value, ...value, pick(random, HOSTILE)];
    return value.map((one, i) => (i === at ? changed(random, one) : one));
  }
  const entries = Object.entries(value);
  const [name = "", inner] = entries[Math.floor(random() * entries.length)] ?? [];
  const rest = Object.fromEntries(entries.filter(([one]) => one !== name));
  const dice = random();
  if (dice < 0.15) return rest;
  if (dice < 0.3) return { ...value, [String(pick(random, HOSTILE)).slice(0, 200)]: pick(random, HOSTILE) };
  return { ...rest, [name]: changed(random, inner) };
}

/** A request: now and then good, mostly changed once or more, and sometimes no JSON at all. */
export function requestOf(random: Random) {
  const { path, make } = pick(random, CALLS);
  let body: unknown = make(random);
  for (let changes = Math.floor(random() * 4); changes > 0; changes--) body = changed(random, body);
  let text = JSON.stringify(body) ?? "";
  let type =
    random() < 0.8
      ? "application/json"
      : pick(random, [
          "text/plain",
          "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=x",
          "image/png",
          "",
        ]);
  const dice = random();
  if (dice < 0.05) text = text.slice(0, Math.floor(random() * text.length));
  else if (dice < 0.1) {
    const at = Math.floor(random() * text.length);
    text = text.slice(0, at) + String.fromCharCode(Math.floor(random() * 0xffff)) + text.slice(at + 1);
  } else if (dice < 0.13) text = "[".repeat(1 + Math.floor(random() * 5_000)) + text;
  else if (dice < 0.16 && path !== "/track/recording") {
    type = "application/x-www-form-urlencoded";
    text = new URLSearchParams(
      Object.entries((body ?? {}) as object).map(([name, value]) => [name, String(value)]),
    ).toString();
  }
  return { path, type, body: text };
}
