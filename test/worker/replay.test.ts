import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Env } from "../../src/bindings";
import type { Entry } from "../../src/core/session/entry";
import worker from "../../src/index";
import {
  ask,
  callOf,
  entriesInR2,
  evict,
  isEvent,
  journalOf,
  KEY,
  numbered,
  someEvents,
  stubOf,
  take,
} from "../support/visit";
import { batchOf, clicks, flushed, later, newId, problemOf, read, taken } from "./helpers";

const replay = (id: string): Promise<{ data: Entry[]; next_cursor: null }> => read(`/analytics/sessions/${id}/replay`);

const names = (entries: Entry[]): string[] =>
  entries.filter(isEvent).map(({ stream, number }) => `${stream}/${number}`);

/** A session with `flushes` objects of `size` events each. */
async function written(flushes: number, size: number): Promise<string> {
  const id = newId();
  for (let i = 0; i < flushes; i++) {
    // A session may send 50 events a second.
    await later(i * 30_000, async () => {
      for (let sent = 0; sent < size; sent += 100) {
        const first = i * size + sent + 1;
        await take(callOf(id, { start: i + sent === 0, first, events: someEvents(Math.min(100, size - sent)) }));
      }
      await flushed(id);
    });
  }
  return id;
}

describe("the replay", () => {
  it("merges a session's objects in order, and what is not flushed yet comes last", async () => {
    const id = await written(3, 4);
    await take(callOf(id, { start: false, first: 13, events: someEvents(2) }));
    const { data, next_cursor } = await replay(id);
    expect(next_cursor).toBeNull();
    expect(names(data)).toEqual(numbered(1, 14));
    expect(data.map(({ seq }) => seq)).toEqual(data.map((_, i) => (data[0]?.seq ?? 0) + i));
    expect(data[0]).toMatchObject({ kind: "start" });
    expect(data.slice(0, -2)).toEqual(await entriesInR2(id));
    expect(data.slice(-2)).toEqual(await journalOf(id));
  });

  it("has each entry once while one store is ahead of the other, and after an eviction", async () => {
    const id = await written(1, 3);
    // R2 has written what D1 has not: the journal still holds it.
    const [object] = (await env.TRACKING_R2.list({ prefix: "sessions/" })).objects.filter(({ key }) =>
      key.includes(`${id}/events/`),
    );
    const entries = await entriesInR2(id);
    const hi = entries.at(-1)?.seq ?? 0;
    await take(callOf(id, { start: false, first: 4, events: someEvents(2) }));
    const ahead = await journalOf(id);
    const key = object?.key.replace(/\d{13}-\d+\.json$/, `${Date.now() + 120_000}-${hi + 1}.json`) ?? "";
    await env.TRACKING_R2.put(key, JSON.stringify({ v: 1, session_id: id, lo: hi + 1, hi: hi + 2, entries: ahead }));
    expect(names((await replay(id)).data)).toEqual(numbered(1, 5));
    await evict(id);
    expect(names((await replay(id)).data)).toEqual(numbered(1, 5));
  });

  it("is there for a session whose actor has forgotten it", async () => {
    const id = newId();
    await taken(batchOf(id, { events: clicks(5), end: {} }));
    await flushed(id);
    const before = (await replay(id)).data;
    await forget(id);
    expect(await stubOf(id).live()).toBeNull();
    expect((await replay(id)).data).toEqual(before);
  });

  it("is one JSON object a line for who asks for it", async () => {
    const id = await written(2, 3);
    const headers = { ...KEY, Accept: "application/x-ndjson" };
    const response = await ask(`/analytics/sessions/${id}/replay`, { headers });
    expect(response.headers.get("Content-Type")).toMatch(/^application\/x-ndjson/);
    const lines = (await response.text()).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as Entry)).toEqual((await replay(id)).data);
  });

  it("begins before anything has been read of R2, for a session of 10,000 events, and brings them all", async () => {
    const id = await written(10, 1_000);
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const bucket: Pick<R2Bucket, "list" | "get"> = {
      list: (options) => gate.then(() => env.TRACKING_R2.list(options)),
      get: ((key: string) => gate.then(() => env.TRACKING_R2.get(key))) as R2Bucket["get"],
    };
    const request = new Request(`https://pulsegate.example/analytics/sessions/${id}/replay`, { headers: KEY });
    // The tests' actor class is a subclass of the Worker's.
    const held = { ...(env as unknown as Env), TRACKING_R2: bucket as R2Bucket };
    const { body } = await worker.fetch(request as Parameters<typeof worker.fetch>[0], held);
    if (!body) throw new Error("no body");
    const reader = body.getReader();
    const first = await reader.read();
    expect(first.done).toBe(false);
    open();
    const parts = [first.value ?? new Uint8Array()];
    for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(part.value);
    const { data } = JSON.parse(await new Blob(parts).text()) as { data: Entry[] };
    expect(names(data)).toEqual(numbered(1, 10_000));
  });

  it("of an unknown session is 404, and a parameter is 400", async () => {
    await problemOf(await ask(`/analytics/sessions/${newId()}/replay`, { headers: KEY }), "session_unknown");
    await problemOf(await ask("/analytics/sessions/x/replay", { headers: KEY }), "not_found");
    await problemOf(await ask(`/analytics/sessions/${newId()}/replay?limit=5`, { headers: KEY }), "invalid_query");
  });

  it("of a session without events is its start", async () => {
    const id = newId();
    await take(callOf(id));
    expect((await replay(id)).data).toEqual(await journalOf(id));
    expect((await stubOf(id).unarchived())?.site).toBe("default");
  });
});

/** As the end of the linger does. */
async function forget(id: string): Promise<void> {
  await runInDurableObject(stubOf(id), async (_, state) => {
    await state.storage.deleteAll();
    state.abort("forgotten by the test");
  }).catch(() => {});
}
