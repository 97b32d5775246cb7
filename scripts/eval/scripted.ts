// Sessions as scripts make them, five kinds, and as a hand is thought to make them. The events are those the tracker sends.
import type { Act, Sample } from "./fold.ts";
import { between, lognormal, normal, seeded } from "./random.ts";

const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
/** What a desktop Chrome sends and shows; each kind of bot changes what its makers would not have hidden. */
const HEADERS = {
  "User-Agent": CHROME,
  "Accept-Language": "en-US,en;q=0.9",
  "Accept-Encoding": "gzip, deflate, br",
  "Sec-Fetch-Site": "cross-site",
  "Sec-Fetch-Mode": "cors",
  "Sec-CH-UA": '"Chromium";v="140", "Google Chrome";v="140", "Not=A?Brand";v="24"',
};
const SIGNALS = { webdriver: false, plugins: 5, outer_width: 1440, outer_height: 900, chrome: true, touch: 0 };

const sample = (name: string, acts: Act[], signals: Record<string, unknown> = {}): Sample => ({
  name,
  headers: HEADERS,
  userAgent: null,
  acts,
  start: {
    device_info: { user_agent: CHROME, platform: "Win32", language: "en-US", languages: ["en-US"] },
    screen: { width: 1440, height: 900, color_depth: 24, pixel_ratio: 1 },
    signals: { ...SIGNALS, ...signals },
  },
});

const opened = (at = 0): Act => ({ at, event_type: "page_view" });

/** Kinds by name; `i` is 0 to 9. */
export const BOTS: Record<string, (i: number) => Sample> = {
  "naive headless": (i) => {
    const random = seeded(100 + i);
    const acts = [opened()];
    for (let n = 0; n < 5; n++)
      acts.push(click(1_000 + n * 1_500, between(random, 50, 1_300), between(random, 50, 800)));
    return sample(`naive headless ${i}`, acts, { webdriver: true });
  },
  "constant clicker": (i) => {
    const random = seeded(200 + i);
    const period = 300 + i * 150;
    // Half of them are kept to their period by the event loop alone, half add "random" waits of a few per cent.
    const jitter = i % 2 === 0 ? 0.01 : 0.05;
    const acts = [opened()];
    let at = 1_000;
    for (let n = 0; n < 25; n++) {
      at += period * (1 + between(random, -jitter, jitter));
      acts.push(click(at, between(random, 50, 1_300), between(random, 50, 800)));
    }
    return sample(`constant clicker ${i}`, acts);
  },
  scroller: (i) => {
    const random = seeded(300 + i);
    const period = 400 + i * 100;
    // Half scroll by window.scrollBy, half by a driver's wheel, which browsers take for input.
    const data = i % 2 === 0 ? { input: false } : {};
    const acts = [opened()];
    for (let n = 1; n <= 20; n++) {
      const at = 1_000 + n * period + between(random, 0, 15);
      acts.push({ at, event_type: "scroll", scroll_percent: Math.min(100, n * 5), data });
    }
    return sample(`scroller ${i}`, acts);
  },
  "form filler": (i) => {
    const random = seeded(400 + i);
    const acts = [opened()];
    let at = between(random, 1_500, 6_000);
    const began = at;
    for (const field of ["name", "email", "phone", "company", "message"]) {
      acts.push({ at, event_type: "form_focus", data: { form: "contact", field, type: "text" } });
      at += between(random, 5, 30);
      acts.push({ at, event_type: "form_change", data: { form: "contact", field, ms: 5 } });
      at += between(random, 5, 60);
    }
    acts.push({ at, event_type: "form_submit", data: { form: "contact", ms: at - began, fields: 5 } });
    return sample(`form filler ${i}`, acts);
  },
  "human-like, flags hidden": (i) => {
    const random = seeded(500 + i);
    // Two of ten wait as people do; the others draw their waits evenly from a range, as scripts do.
    const wait = i < 8 ? () => between(random, 700, 2_000) : () => lognormal(random, 1_400, 1.1);
    const renderer = i % 3 === 0 ? "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device), SwiftShader driver)" : null;
    const acts = [opened()];
    let at = 800;
    let [x, y] = [700, 400];
    for (let n = 0; n < 30; n++) {
      const [toX, toY] = [between(random, 60, 1_380), between(random, 60, 840)];
      const path = curve(random, x, y, toX, toY);
      at += wait();
      acts.push({ at: at - 80, event_type: "mousemove", x: toX, y: toY, data: { path } });
      acts.push(click(at, toX, toY));
      [x, y] = [toX, toY];
      if (n % 4 === 3) acts.push({ at: at + 200, event_type: "scroll", scroll_percent: between(random, 5, 100) });
    }
    return sample(`human-like ${i}`, acts, { renderer });
  },
};

/** A hand, as the literature describes it: reaches with a bend, quick then slow, long-tailed pauses. */
export function hand(i: number) {
  const random = seeded(900 + i);
  const acts = [opened()];
  let at = 1_500;
  let [x, y] = [700, 400];
  let depth = 0;
  for (let n = 0; n < 40; n++) {
    at += lognormal(random, 900, 1);
    const roll = random();
    if (roll < 0.45) {
      const [toX, toY] = [between(random, 60, 1_380), between(random, 60, 840)];
      const path = reach(random, x, y, toX, toY);
      acts.push({ at, event_type: "mousemove", x: toX, y: toY, data: { path } });
      [x, y] = [toX, toY];
      if (random() < 0.4) acts.push(click(at + lognormal(random, 250, 0.5), x, y));
    } else {
      depth = Math.max(0, Math.min(100, depth + normal(random) * 8 + 4));
      acts.push({ at, event_type: "scroll", scroll_percent: depth, data: {} });
    }
  }
  acts.sort((a, b) => a.at - b.at);
  return sample(`synthetic hand ${i}`, acts);
}

const click = (at: number, x: number, y: number): Act => ({
  at,
  event_type: "click",
  x: Math.round(x),
  y: Math.round(y),
  data: {},
});

/** A cubic Bézier curve drawn at equal steps with a little noise: what cursor libraries do. */
function curve(random: () => number, x: number, y: number, toX: number, toY: number) {
  const bend = () => between(random, -120, 120);
  const [ax, ay, bx, by] = [x + bend(), y + bend(), toX + bend(), toY + bend()];
  return Array.from({ length: 20 }, (_, n) => {
    const [t, u] = [n / 19, 1 - n / 19];
    const px = u ** 3 * x + 3 * u * u * t * ax + 3 * u * t * t * bx + t ** 3 * toX;
    const py = u ** 3 * y + 3 * u * u * t * ay + 3 * u * t * t * by + t ** 3 * toY;
    return [
      n === 0 ? 0 : Math.round(between(random, 10, 25)),
      Math.round(px + normal(random)),
      Math.round(py + normal(random)),
    ];
  });
}

/** A reach: a minimum-jerk main movement that falls short, and a correction; samples every 50 to 66 ms. */
function reach(random: () => number, x: number, y: number, toX: number, toY: number) {
  const short = between(random, 0.85, 1.05);
  const bow = normal(random) * 0.12;
  const steps = 9;
  return Array.from({ length: steps + 4 }, (_, n) => {
    const t = Math.min(1, n / steps);
    const done = (10 * t ** 3 - 15 * t ** 4 + 6 * t ** 5) * short + (n > steps ? ((n - steps) / 4) * (1 - short) : 0);
    const side = Math.sin(Math.PI * t) * bow;
    const px = x + (toX - x) * done - (toY - y) * side + normal(random) * 1.5;
    const py = y + (toY - y) * done + (toX - x) * side + normal(random) * 1.5;
    return [n === 0 ? 0 : Math.round(between(random, 50, 66)), Math.round(px), Math.round(py)];
  });
}
