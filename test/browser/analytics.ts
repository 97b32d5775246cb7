/** Reading what the server knows, by its API and from its stores. */

export interface Known {
  session_id: string;
  site: string;
  visitor_id: string | null;
  fingerprint_id: string | null;
  consent: string;
  events: number;
  counts: Record<string, number>;
  ended_at: number | null;
  scores: { engagement: number | null };
  engagement_band: string | null;
  page_views: number;
  scroll_percent: number;
  engaged_ms: number;
  completeness: {
    received: number;
    expected: number;
    missing: number;
    rejected: number;
    gone: number;
    streams: { stream: string; through: number; received: number }[];
  };
}

export interface Live extends Known {
  visible: boolean;
  unflushed: { kind: string; stream?: string; number?: number; event_type?: string }[];
  actor: { watermarks: { seq: number; d1: number; r2: number; both: number } };
}

export interface StoredEvent {
  stream: string;
  number: number;
  event_type: string;
  name?: string | null;
  page: string | null;
  element: string | null;
  x?: number | null;
  y?: number | null;
  scroll_percent?: number | null;
  data?: Record<string, unknown> | null;
}

interface Api {
  url: string;
  key: string;
}

async function get<T>({ url, key }: Api, path: string): Promise<T | null> {
  const response = await fetch(url + path, { headers: { Authorization: `Bearer ${key}` } });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { data: T }).data;
}

export const live = (api: Api, id: string): Promise<Live | null> => get(api, `/analytics/sessions/${id}/live`);
export const session = (api: Api, id: string): Promise<Known | null> => get(api, `/analytics/sessions/${id}`);
export const sessions = async (api: Api): Promise<Known[]> => (await get(api, "/analytics/sessions?limit=100")) ?? [];
export const storedEvents = async (api: Api, id: string): Promise<StoredEvent[]> =>
  (await get<StoredEvent[]>(api, `/analytics/sessions/${id}/events?limit=100`)) ?? [];

/** Asks until `condition` holds, and returns what it then said. */
export async function until<T>(ask: () => Promise<T | null | undefined | false>, ms: number, what: string): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`Not within ${ms} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Waits until the live view counts `count` events of a type, and returns how long that took, ms. */
export async function liveCount(api: Api, id: string, type: string, count: number, ms = 20_000): Promise<number> {
  const asked = Date.now();
  await until(async () => ((await live(api, id))?.counts[type] ?? 0) >= count, ms, `${count} ${type} live`);
  return Date.now() - asked;
}

/**
 * Waits until `count` events have arrived and are in D1, or in both stores: while a session is open, a flush of D1 takes up
 * to 30 s, and R2 may lag by 75.
 */
export async function settled(
  api: Api,
  id: string,
  count: number,
  { where = "d1", ms = 45_000 }: { where?: "d1" | "both"; ms?: number } = {},
): Promise<Live> {
  const ask = async (): Promise<Live | false> => {
    const now = await live(api, id);
    const { seq, [where]: through } = now?.actor.watermarks ?? { seq: 0, d1: -1, both: -1 };
    return now !== null && now.events >= count && through >= seq && now;
  };
  try {
    return await until(ask, ms, `${count} events of ${id} in ${where}`);
  } catch (error) {
    const { counts, completeness } = (await live(api, id)) ?? {};
    throw new Error(`${error}; there is ${JSON.stringify({ counts, ...completeness })}`);
  }
}

interface Stores {
  events: Record<string, unknown>[];
  objects: { key: string; body: unknown }[];
}

export interface Numbered {
  stream: string;
  number: number;
  event_type: string;
}

/** A session's events in D1 and in the R2 log, in the order of their streams' numbers. */
export function storedIn(stores: Stores, id: string): { d1: Numbered[]; r2: Numbered[] } {
  const bodies = stores.objects.filter(({ key }) => key.includes(`/${id}/events/`)).map(({ body }) => body);
  const entries = (bodies as { entries: ({ kind: string } & Numbered)[] }[]).flatMap((body) => body.entries);
  const rows = stores.events.filter((row) => row["session_id"] === id) as unknown as Numbered[];
  return { d1: numbered(rows), r2: numbered(entries.filter(({ kind }) => kind === "event")) };
}

const numbered = (events: Numbered[]): Numbered[] =>
  events
    .map(({ stream, number, event_type }) => ({ stream, number, event_type }))
    .sort((a, b) => a.stream.localeCompare(b.stream) || a.number - b.number);

/** What "each exactly once, without a gap" means: every stream's numbers are 1, 2, 3 … */
export function isGapFree(events: Numbered[]): boolean {
  let previous: Numbered | null = null;
  for (const event of events) {
    const expected = previous?.stream === event.stream ? previous.number + 1 : 1;
    if (event.number !== expected) return false;
    previous = event;
  }
  return true;
}

/** Events by type. */
export function tally(events: { event_type: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { event_type } of events) counts[event_type] = (counts[event_type] ?? 0) + 1;
  return counts;
}
