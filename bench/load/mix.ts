// What a visitor does: the one place where the benchmark's events are described. A visit of 100 events has
//   46 mousemove  24 scroll  9 click  5 form_focus  5 form_change  4 page_view  3 navigation  2 visibility_change
//   1 form_submit  1 custom (add_to_cart)
// so 30 of 100 are of a type that D1 indexes. A longer session is the same visit again, with other coordinates and pages.

type SentEvent = { event_type: string; page: string; timestamp: number } & Record<string, unknown>;

export const MIX = {
  mousemove: 46,
  scroll: 24,
  click: 9,
  form_focus: 5,
  form_change: 5,
  page_view: 4,
  navigation: 3,
  visibility_change: 2,
  form_submit: 1,
  add_to_cart: 1,
} as const;

export const VISIT_EVENTS = 100;
/** Two minutes for a visit. */
export const EVENT_GAP_MS = 1_200;
/** The client's clock; the server uses only differences of it. */
const CLIENT_EPOCH = 1_790_000_000_000;
const PAGES = ["/", "/pricing", "/products/espresso-machine-2000", "/checkout?step=2&utm_source=newsletter"];
const ELEMENTS = ["a.nav-link", "form#checkout > input#email", "main#content > section.hero > button.cta.primary"];

/** A small generator of its own, so that every run sends the same bytes. */
function random(seed: number) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function visit(variant: number): SentEvent[] {
  const next = random(variant + 1);
  const pick = (list: readonly string[]) => list[Math.floor(next() * list.length)] ?? "";
  const types = shuffled(
    Object.entries(MIX).flatMap(([type, count]) => Array.from({ length: count }, () => type)),
    next,
  );
  // A visit begins with a page view.
  types.splice(types.indexOf("page_view"), 1);
  types.unshift("page_view");
  let page = "/";
  return types.map((event_type, i) => {
    if (event_type === "page_view") page = pick(PAGES);
    const common = {
      event_type,
      timestamp: CLIENT_EPOCH + i * EVENT_GAP_MS,
      page: `https://shop.example${page}`,
    };
    return { ...common, ...details(event_type, next, pick) };
  });
}

function shuffled<T>(list: T[], next: () => number): T[] {
  return list
    .map((item) => [next(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

function details(type: string, next: () => number, pick: (list: readonly string[]) => string): Record<string, unknown> {
  const x = Math.round(next() * 1_440);
  const y = Math.round(next() * 4_000);
  switch (type) {
    case "mousemove":
      return { x, y };
    case "scroll":
      return { scroll_percent: Math.round(next() * 100) };
    case "click":
      return { x, y, element: pick(ELEMENTS) };
    case "form_focus":
    case "form_change":
      return { element: pick(ELEMENTS), data: { field: "email", filled: next() > 0.5 } };
    case "form_submit":
      return { element: "form#checkout", data: { fields: 7, seconds: Math.round(next() * 90) } };
    case "navigation":
      return { data: { from: pick(PAGES), to: pick(PAGES) } };
    case "visibility_change":
      return { data: { state: next() > 0.5 ? "hidden" : "visible" } };
    case "add_to_cart":
      return { data: { sku: "ESP-2000", price: 349.5, currency: "EUR", quantity: 1 } };
    default:
      return {};
  }
}

/** What a page tells of its device when its session starts. */
export const START = {
  page: "https://shop.example/?utm_source=newsletter&utm_campaign=spring",
  referrer: "https://www.example.com/search?q=espresso",
  device_info: {
    user_agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    language: "de-DE",
    languages: ["de-DE", "de", "en"],
    platform: "Linux x86_64",
    timezone: "Europe/Berlin",
    hardware_concurrency: 8,
    device_memory: 8,
  },
  screen: { width: 1440, height: 900, color_depth: 24, pixel_ratio: 2 },
};
