// One made-up session: its entries, folded by the code that folds real ones.
import type { Random } from "../../scripts/lib/random";
import { agentOf } from "../../src/core/network/agent";
import { RULES_VERSION } from "../../src/core/scoring/ruleset";
import { type Entry, type EventEntry, firstSeq, type StartEntry } from "../../src/core/session/entry";
import { apply } from "../../src/core/session/fold/fold";
import { newState, type SessionState } from "../../src/core/session/fold/state";
import { type Head, learn, newHead } from "../../src/core/session/head";
import { newProgress } from "../../src/core/session/progress";
import { type SeedEvent, type Seeds, seedRow } from "../../src/data/store/seed";
import type { Profile } from "./job";
import { ARRIVALS, deviceOf, NETWORKS, PAGES, PLACES, pick, REGIONS, screenOf, upTo, weighted } from "./world";

const hex = (random: Random, length: number): string => {
  let text = "";
  while (text.length < length) text += upTo(random, 0xffffff).toString(16).padStart(6, "0");
  return text.slice(0, length);
};

/** A UUID of version 7: it sorts by time, so that rows are written side by side. */
function session_id(at: number, random: Random): string {
  const time = at.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`;
}

const TOOLS = [
  "curl/8.9.1",
  "python-requests/2.32.3",
  "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
] as const;

function startOf(at: number, seq: number, random: Random, profile: Profile, isTool: boolean): StartEntry {
  const [country, timezone] = weighted(random, PLACES);
  const [query, referrer] = weighted(random, ARRIVALS);
  const regions = REGIONS[country];
  const region = regions ? pick(random, regions) : null;
  const asn_class = isTool ? "hosting" : weighted(random, NETWORKS);
  const device = deviceOf(isTool ? { ...profile, userAgent: pick(random, TOOLS) } : profile, timezone);
  const agent = agentOf(device.user_agent);
  return {
    kind: "start",
    seq,
    at,
    page: `${weighted(random, PAGES)}${query}`,
    referrer,
    device,
    agent,
    screen: screenOf(profile),
    signals: { webdriver: isTool && random() < 0.5 },
    network: {
      address: "a1",
      network: "n1",
      country,
      region,
      timezone,
      colo: null,
      protocol: "HTTP/2",
      edge: true,
      asn_class,
      timezone_gap: 0,
      headers: isTool ? ["no_accept_language"] : [],
      agent,
      language: "en-GB",
    },
    consent: "granted",
    rules_version: RULES_VERSION,
  };
}

const ACTS = [
  ["mousemove", 34],
  ["scroll", 22],
  ["click", 18],
  ["page_view", 12],
  ["visibility_change", 4],
  ["form_focus", 3],
  ["outbound", 1],
  ["shop.add_to_cart", 2],
] as const;

/** Mean of the exponential distribution of the events after a session's first. Rounding down takes half an event off. */
const EVENTS = 9.6;

interface Course {
  at: number;
  page: string;
  hidden: boolean;
}

function eventOf(type: string, seq: number, course: Course, random: Random): EventEntry {
  const base = { kind: "event", seq, at: course.at, received_at: course.at, stream: "seed", number: 0 } as const;
  const event: EventEntry = { ...base, event_type: type, page: course.page };
  if (type === "click" || type === "mousemove") {
    event.detail = { x: upTo(random, 1_400), y: upTo(random, 900) };
    if (type === "click") event.element = pick(random, ["a.nav", "button#buy", "div.card", "a.more"]);
  } else if (type === "scroll") event.detail = { scroll_percent: upTo(random, 100) };
  else if (type === "visibility_change") event.detail = { data: { state: course.hidden ? "hidden" : "visible" } };
  else if (type.startsWith("form_")) event.detail = { data: { form: "contact", field: "email" } };
  return event;
}

/** The events of a session, in order. The first is a page view, and in some sessions the last is a sent form. */
function eventsOf(start: StartEntry, count: number, random: Random, isTool: boolean, sends: boolean): EventEntry[] {
  const course: Course = { at: start.at, page: start.page.split("?", 1)[0] ?? start.page, hidden: false };
  return Array.from({ length: count }, (_, i) => {
    const isLast = i === count - 1;
    let type: string = i === 0 ? "page_view" : isTool ? "page_view" : weighted(random, ACTS);
    if (sends && isLast) type = "form_submit";
    if (i > 0) course.at += isTool ? 150 : 400 + Math.floor(-Math.log(1 - random()) * 7_000);
    if (i > 0 && type === "page_view") course.page = weighted(random, PAGES);
    if (type === "visibility_change") course.hidden = !course.hidden;
    return { ...eventOf(type, start.seq + 1 + i, course, random), number: i + 1 };
  });
}

interface Folded {
  head: Head;
  state: SessionState;
  events: EventEntry[];
}

function fold(
  id: string,
  entries: Entry[],
  identity: Parameters<typeof learn>[1],
  at: number,
): Pick<Folded, "head" | "state"> {
  const head = learn(newHead(id, "default", at), identity, at);
  const state = newState(firstSeq(at));
  for (const entry of entries) apply(state, entry);
  return { head, state };
}

/** Visitors come back: there are a third as many as sessions, and recent ones are drawn more often. */
const visitorOf = (index: number, random: Random): number =>
  Math.max(0, Math.floor(index / 3 - random() ** 3 * (index / 3)));

/** Adds the rows of session number `index` of the year, begun at `at`, to `seeds`. */
export function addVisit(
  seeds: Seeds,
  index: number,
  at: number,
  random: Random,
  profiles: readonly [Profile, ...Profile[]],
): void {
  const isTool = random() < 0.07;
  const id = session_id(at, random);
  const visitor = visitorOf(index, random);
  const start = startOf(at, firstSeq(at) + 1, random, profiles[visitor % profiles.length] ?? profiles[0], isTool);
  const sends = !isTool && random() < 0.02;
  const events = eventsOf(start, 1 + Math.floor(-Math.log(1 - random()) * EVENTS), random, isTool, sends);
  const last = events.at(-1)?.at ?? at;
  const end: Entry = {
    kind: "end",
    seq: start.seq + events.length + 1,
    at: last + 1_800_000,
    received_at: last + 1_800_000,
    reason: "idle",
    exit_page: null,
  };
  const name = `v-${visitor.toString(36)}`;
  const place = PLACES.find(([[country]]) => country === start.network.country)?.[0];
  const identity = {
    visitor_id: name,
    fingerprint_id: `fp-${visitor.toString(36)}`,
    device_id: null,
    asn: place?.[2] ?? null,
    ip: `198.${18 + (visitor % 2)}.${(visitor >> 1) % 256}.0/24`,
  };
  const { head, state } = fold(id, [start, ...events, end], identity, at);
  seeds.sessions.push(seedRow(head, state, newProgress(state.seq)));
  for (const event of events) seeds.events.push(rowOf(id, event));
  if (sends) {
    const lead = [
      `${id.slice(0, 23)}-000000000000`,
      "default",
      last,
      `${name}@example.com`,
      id,
      name,
      state.judgement.label,
    ];
    seeds.leads.push(lead);
  }
}

const rowOf = (id: string, { seq, number, at, event_type, page, element, detail }: EventEntry): SeedEvent => [
  id,
  seq,
  number ?? 0,
  at,
  event_type,
  page ?? "",
  element ?? null,
  detail ? JSON.stringify(detail) : null,
];
