import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalServer, startServer } from "../local/server.ts";
import { archivedEvents } from "../local/stores.ts";
import { until } from "../local/until.ts";
import { live, openSocket, PAGE, post, wait } from "./helpers";

let server: LocalServer;

beforeAll(async () => {
  server = await startServer({ lean: true, env: { RATE_LIMIT: "off" } });
});

afterAll(() => server?.stop());

test("an actor with idle sockets sleeps after 15 s, wakes for the next message, and has lost nothing", async () => {
  const session_id = crypto.randomUUID();
  const page = await openSocket(`${server.url}/track/socket?session_id=${session_id}`);
  const frame = (first: number) => ({ t: "events", id: first, stream: "s1", first, events: [{ event_type: "click" }] });
  expect(await page.call({ ...frame(1), start: { page: PAGE } })).toMatchObject({ t: "ack", accepted: 1 });
  const analyst = await openSocket(`${server.url}/analytics/sessions/${session_id}/stream`, {
    Authorization: `Bearer ${server.key}`,
  });
  await until(() => analyst.received.length > 0, "the live state");
  const before = (JSON.parse(analyst.received[0] ?? "{}") as { data: { actor: { wakes: number } } }).data.actor.wakes;
  expect(before).toBe(1);

  await wait(15_000);
  const updates = analyst.received.length;
  expect(await page.call(frame(2))).toMatchObject({ t: "ack", accepted: 1, ack: { through: 2, missing: [] } });
  expect(await page.call(frame(1))).toMatchObject({ t: "ack", accepted: 0, duplicates: 1 });
  const after = await live(server, session_id);
  expect(after?.actor.wakes).toBe(before + 1);
  expect(after?.events).toBe(2);
  await until(() => analyst.received.length > updates, "an update on the analyst's socket");
  expect(JSON.parse(analyst.received.at(-1) ?? "{}")).toMatchObject({ t: "update", data: { events: 2 } });

  await post(server, "/track/session/end", { session_id });
  await until(async () => (await live(server, session_id))?.actor.journal_depth === 0, "the journal to drain");
  await server.kill();
  const { events, objects } = await server.readStores();
  await server.start();
  expect(events.map(({ number }) => number)).toEqual([1, 2]);
  expect(archivedEvents(objects).map(({ number }) => number)).toEqual([1, 2]);
});

test("frames sent without waiting are taken in order, the first with start, key and device", async () => {
  const session_id = crypto.randomUUID();
  const page = await openSocket(`${server.url}/track/socket?session_id=${session_id}`);
  const start = { page: PAGE, session_key: "k".repeat(32), device_info: { user_agent: "Browser 1" } };
  const answers = Array.from({ length: 60 }, (_, i) => {
    const frame = { t: "events", id: i + 1, stream: "s1", first: i + 1, events: [{ event_type: "click" }] };
    return page.call(i === 0 ? { ...frame, start } : frame);
  });
  for (const [i, answer] of (await Promise.all(answers)).entries()) {
    expect(answer).toMatchObject({ t: "ack", id: i + 1, accepted: 1, ack: { through: i + 1, missing: [] } });
  }
  page.close();
});
