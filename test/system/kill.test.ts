import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalServer, startServer } from "../local/server.ts";
import { archivedEvents } from "../local/stores.ts";
import { until } from "../local/until.ts";
import { live, post, wait } from "./helpers";
import { Sender } from "./sender";

const ROUNDS = 10;
/** Two page loads by HTTP and one by WebSocket for each session; two sessions more in each round, the last eight under load. */
const NEW_SESSIONS = 2;
const SESSIONS_UNDER_LOAD = 8;

let server: LocalServer;

beforeAll(async () => {
  server = await startServer({ lean: true, env: { RATE_LIMIT: "off" } });
});

afterAll(() => server?.stop());

const pageLoads = (id: string): Sender[] => [
  new Sender(server, id, "http-1", "http"),
  new Sender(server, id, "http-2", "http"),
  new Sender(server, id, "socket", "socket"),
];

const keys = (events: { session_id: string; stream?: string | null; number?: number | null }[]): string[] =>
  events.map(({ session_id, stream, number }) => `${session_id}/${stream}/${number}`).sort();

test("ten times killed under load, the server holds every acked event once, in D1 and in R2", {
  timeout: 400_000,
}, async () => {
  const sessions = new Map<string, Sender[]>();
  let inFlight = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    for (let i = 0; i < NEW_SESSIONS; i++) {
      const id = crypto.randomUUID();
      sessions.set(id, pageLoads(id));
    }
    const loaded = [...sessions.values()].slice(-SESSIONS_UNDER_LOAD).flat();
    for (const sender of loaded) sender.start();
    // From before the first flush (due 3 s after a session's first event) to well after it.
    await wait(500 + Math.random() * 4_000);
    await server.kill();
    await Promise.all(loaded.map((sender) => sender.stop()));
    inFlight += loaded.filter((sender) => !sender.isSettled).length;
    await server.start();
  }

  const senders = [...sessions.values()].flat();
  await Promise.all(senders.map((sender) => sender.settle()));
  for (const session_id of sessions.keys()) {
    expect((await post(server, "/track/session/end", { session_id })).status).toBe(200);
  }
  for (const id of sessions.keys()) {
    await until(async () => (await live(server, id))?.actor.journal_depth === 0, `${id} to drain`);
  }
  await server.kill();

  const { sessions: rows, events, objects } = await server.readStores();
  const acked = keys(
    senders.flatMap(({ session_id, stream, acked: numbers }) =>
      numbers.map((number) => ({ session_id, stream, number })),
    ),
  );
  const archived = archivedEvents(objects);
  const sum = (pick: (sender: Sender) => number): number => senders.reduce((total, sender) => total + pick(sender), 0);
  process.stdout.write(
    `kill -9, ${ROUNDS} rounds: ${sessions.size} sessions, ${senders.length} streams, ${acked.length} events acked, ` +
      `${events.length} in D1, ${archived.length} in R2; ${inFlight} runs in flight when the server died, ` +
      `${sum((one) => one.resent)} sends repeated, ${sum((one) => one.duplicates)} events found already taken\n`,
  );
  expect(inFlight).toBeGreaterThan(0);
  expect(new Set(acked).size).toBe(acked.length);
  expect(keys(events)).toEqual(acked);
  expect(keys(archived)).toEqual(acked);
  expect(rows.map((row) => row["events"]).reduce((a, b) => Number(a) + Number(b), 0)).toBe(acked.length);
});
