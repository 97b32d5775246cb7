import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { SessionEvent } from "../../src/core/api/answers";
import { MINUTE_MS } from "../../src/time";
import { erase } from "../support/person";
import {
  alarm,
  ask,
  callOf,
  drain,
  entriesInR2,
  evict,
  inD1,
  inserted,
  isEvent,
  KEY,
  liveOf,
  numbered,
  objectsOf,
  PAGE,
  post,
  someEvents,
  take,
} from "../support/visit";
import { batchOf, later, newId, problemOf, read, taken } from "./helpers";

/** Sessions of a site that keeps raw events in the archive alone. */

interface EventsList {
  data: SessionEvent[];
  next_cursor: string | null;
}

const eventsOf = (id: string, query = ""): Promise<EventsList> => read(`/analytics/sessions/${id}/events${query}`);

const names = (events: readonly SessionEvent[]): string[] => events.map(({ stream, number }) => `${stream}/${number}`);

/** All pages of a session's events. */
async function pagesOf(id: string, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: EventsList = await eventsOf(id, `?limit=${limit}${cursor && `&cursor=${cursor}`}`);
    pages.push(names(page.data));
    cursor = page.next_cursor;
  }
  return pages;
}

const archived = { events_in: "archive" } as const;

/** A session of four hours with three flushes of four events each in R2: it is written an hour after its oldest event. */
async function flushedThrice(): Promise<string> {
  const id = newId();
  for (let n = 0; n < 12; n++) {
    const flush = Math.floor(n / 4);
    const at = flush * 75 + (n % 4) * 20;
    await later(at * MINUTE_MS, () =>
      take(callOf(id, { ...archived, start: n === 0, first: n + 1, events: someEvents(1) })),
    );
    if (n % 4 === 3) await later((at + 1) * MINUTE_MS, () => alarm(id));
  }
  return id;
}

const settle = async (site: string, events: "database" | "archive"): Promise<void> => {
  const body = JSON.stringify({ allowed_origins: ["*"], events });
  const response = await ask(`/analytics/sites/${site}`, { method: "PUT", headers: KEY, body });
  expect(response.status).toBe(200);
};

describe("a session whose events are in the archive alone", () => {
  it("has its row in D1, which says so, and no row of an event", async () => {
    const id = newId();
    await take(callOf(id, { ...archived, events: someEvents(4), end: true }));
    await drain(id);
    expect(await inD1(id)).toEqual([]);
    expect((await entriesInR2(id)).filter(isEvent)).toHaveLength(4);
    const { data } = await read<{ data: object }>(`/analytics/sessions/${id}`);
    expect(data).toMatchObject({ events: 4, shed: 0, events_in: "archive", counts: { click: 4 } });
  });

  it("answers with the same events as one with rows, but for their places in the log", async () => {
    const events = [
      ...someEvents(2),
      { event_type: "scroll", page: PAGE, scroll_percent: 40 },
      {
        event_type: "Cart Added",
        page: PAGE,
        x: 1,
        y: 2,
        element: "button#buy",
        data: { sku: "A", deep: { n: [1, null] } },
      },
      { event_type: "identify", data: { plan: "pro" } },
    ];
    const ids = { database: newId(), archive: newId() };
    for (const events_in of ["database", "archive"] as const) {
      const site = `events-${events_in}-${newId().slice(0, 8)}`;
      await settle(site, events_in);
      await taken(
        batchOf(ids[events_in], { start: { page: PAGE }, events, end: {} }),
        `/track/events/batch?site=${site}`,
      );
      await drain(ids[events_in]);
    }
    const shown = async (id: string) =>
      (await eventsOf(id)).data.map(({ seq: _, at: __, received_at: ___, ...rest }) => rest);
    const expected = await shown(ids.database);
    expect(expected).toHaveLength(5);
    expect(await shown(ids.archive)).toEqual(expected);
    expect(await inD1(ids.archive)).toEqual([]);
    expect(await inD1(ids.database)).toHaveLength(5);
  });

  it("shows the whole of an event's data, of which rows have the first kilobyte", async () => {
    const id = newId();
    const data = { a: "x".repeat(900), b: "y".repeat(900) };
    await take(callOf(id, { ...archived, events: [{ event_type: "long.data", data }], end: true }));
    await drain(id);
    expect((await eventsOf(id)).data).toMatchObject([{ data, truncated: false }]);
  });

  it("is read page by page over several flushes, and what is not flushed yet comes last", async () => {
    const id = await flushedThrice();
    await later(225 * MINUTE_MS, () => take(callOf(id, { start: false, first: 13, events: someEvents(3) })));
    expect(await pagesOf(id, 100)).toEqual([numbered(1, 15)]);
    expect(await pagesOf(id, 5)).toEqual([numbered(1, 5), numbered(6, 10), numbered(11, 15)]);
    expect((await pagesOf(id, 4)).flat()).toEqual(numbered(1, 15));
    expect((await pagesOf(id, 1)).flat()).toEqual(numbered(1, 15));
    await evict(id);
    expect((await pagesOf(id, 7)).flat()).toEqual(numbered(1, 15));
    expect((await objectsOf(id)).filter(({ key }) => key.includes("/events/"))).toHaveLength(3);
  });

  it("reads of the archive only what may hold the page", async () => {
    const id = await flushedThrice();
    const { data, next_cursor } = await eventsOf(id, "?limit=9");
    const [first, second] = (await objectsOf(id)).filter(({ key }) => key.includes("/events/"));
    expect(data).toHaveLength(9);
    // What the page before has shown is not looked at any more.
    for (const one of [first, second]) await env.TRACKING_R2.put(one?.key ?? "", "no JSON");
    expect(names((await eventsOf(id, `?cursor=${next_cursor}`)).data)).toEqual(numbered(10, 12));
  });

  it("is listed after the rows of an earlier life of its id, and no event is left out", async () => {
    const id = newId();
    await take(callOf(id, { events: someEvents(3), end: true }));
    await drain(id);
    await later(25 * 60 * MINUTE_MS, async () => {
      await alarm(id);
      expect(await liveOf(id)).toBeNull();
      await take(callOf(id, { ...archived, stream: "s2", events: someEvents(4), end: true }));
      await drain(id);
    });
    const all = [...numbered(1, 3), ...numbered(1, 4, "s2")];
    expect(await inD1(id)).toEqual(numbered(1, 3));
    for (const limit of [100, 7, 5, 3, 2, 1]) expect((await pagesOf(id, limit)).flat()).toEqual(all);
  });

  it("has its meta in its first flush, for the replay and the export", async () => {
    const id = newId();
    await take(callOf(id, { ...archived, events: someEvents(2), end: true }));
    await drain(id);
    await take(callOf(id, { start: false, first: 3, events: someEvents(1) }));
    await later(61 * MINUTE_MS, () => drain(id));
    const texts = (await objectsOf(id)).filter(({ key }) => !key.includes("/identity/")).map(({ text }) => text);
    expect(texts.map((text) => JSON.parse(text).meta?.site)).toEqual(["default", undefined]);
    const { data } = await read<{ data: unknown[] }>(`/analytics/sessions/${id}/replay`);
    expect(data).toEqual(await entriesInR2(id));
  });

  it("shows a lead what its visitor did", async () => {
    const id = newId();
    await take(callOf(id, { ...archived, events: someEvents(3) }));
    await inserted(id);
    const response = await post(
      "/lead",
      { email: `${id}@person.example`, session_id: id },
      { headers: { ...KEY, Origin: "https://shop.example" } },
    );
    const { lead_id } = await response.json<{ lead_id: string }>();
    const answer = () => ask(`/analytics/leads/${lead_id}`, { headers: KEY });
    await expect.poll(async () => (await answer()).status, { timeout: 20_000 }).toBe(200);
    const { data } = await (await answer()).json<{ data: { events: SessionEvent[] } }>();
    expect(names(data.events)).toEqual(numbered(1, 3));
  });

  it("is erased with its person", async () => {
    const id = newId();
    const visitor = `visitor-${id}`;
    await take(callOf(id, { ...archived, events: someEvents(3), start: { visitor_id: visitor }, end: true }));
    await drain(id);
    expect(await erase(visitor)).toMatchObject({ counts: { d1: { sessions: 1, events: 0 } } });
    expect(await objectsOf(id)).toEqual([]);
    expect(await liveOf(id)).toBeNull();
    await problemOf(await ask(`/analytics/sessions/${id}/events`, { headers: KEY }), "session_unknown");
  });

  it("is a 503 while the archive does not answer, never a part of its events", async () => {
    const id = newId();
    await take(callOf(id, { ...archived, events: someEvents(3), end: true }));
    await drain(id);
    const [object] = (await objectsOf(id)).filter(({ key }) => key.includes("/events/"));
    await env.TRACKING_R2.put(object?.key ?? "", "no JSON");
    await problemOf(await ask(`/analytics/sessions/${id}/events`, { headers: KEY }), "unavailable");
  });
});

describe("a visit", () => {
  it("is one object with its events, whether it ends or idles", async () => {
    for (const end of [true, false]) {
      const id = newId();
      await take(callOf(id, { ...archived, events: someEvents(3) }));
      await inserted(id);
      await later(MINUTE_MS, () => take(callOf(id, { start: false, first: 4, events: someEvents(2), end })));
      await later(2 * MINUTE_MS, () => inserted(id));
      await later(35 * MINUTE_MS, () => drain(id));
      const logs = (await objectsOf(id)).filter(({ key }) => key.includes("/events/"));
      expect(logs.map(({ text }) => JSON.parse(text).entries.filter(isEvent).length)).toEqual([5]);
      expect(await liveOf(id)).toMatchObject({ ended: true, events: 5, end_reason: end ? "client" : "idle" });
    }
  });

  it("is written before its end where the journal would be full", async () => {
    const id = newId();
    const data = { text: "x".repeat(2_000) };
    const many = Array.from({ length: 50 }, () => ({ event_type: "long.text", data }));
    for (let n = 0; n < 4; n++) {
      await later(n * MINUTE_MS, async () => {
        await take(callOf(id, { ...archived, start: n === 0, first: n * 50 + 1, events: many }));
        await alarm(id);
      });
    }
    const logs = (await objectsOf(id)).filter(({ key }) => key.includes("/events/"));
    expect(logs).toHaveLength(1);
    expect((await liveOf(id))?.ended).toBe(false);
  });
});

describe("a site that changes where its events are kept", () => {
  it("keeps each session's as they were at its start, either way", async () => {
    const site = `moves-${newId().slice(0, 8)}`;
    const path = `/track/events/batch?site=${site}`;
    const ids = [newId(), newId(), newId()];
    const more = (first: number) => ({ first, start: undefined, events: [{ event_type: "click" }] });
    for (const [i, events] of (["database", "archive", "database"] as const).entries()) {
      await settle(site, events);
      await taken(batchOf(ids[i] ?? ""), path);
      for (const before of ids.slice(0, i)) await taken(batchOf(before, more(i * 2)), path);
    }
    for (const id of ids) await later(61 * MINUTE_MS, () => drain(id));
    expect(await Promise.all(ids.map(inD1))).toEqual([["s1/1", "s1/2", "s1/4"], [], ["s1/1"]]);
    expect(await Promise.all(ids.map(async (id) => names((await eventsOf(id)).data)))).toEqual([
      ["s1/1", "s1/2", "s1/4"],
      ["s1/1", "s1/4"],
      ["s1/1"],
    ]);
  });
});
