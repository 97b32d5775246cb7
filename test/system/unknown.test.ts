import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalServer, startServer } from "../local/server.ts";
import { live, PAGE, post, upgrade } from "./helpers";

const IDS = 1_000;
const AT_ONCE = 20;

let server: LocalServer;

beforeAll(async () => {
  server = await startServer({ lean: true, env: { RATE_LIMIT: "off" } });
});

afterAll(() => server?.stop());

/** The actors' databases on disk, a session's each, and whether it holds a table of ours: SQLite keeps its schema as text. */
function actorsOnDisk(state: string): { file: string; isUsed: boolean }[] {
  const root = join(state, "v3", "do");
  const folders = readdirSync(root).filter((name) => name.includes("SessionActor"));
  const files = folders.flatMap((folder) => readdirSync(join(root, folder)).map((file) => join(root, folder, file)));
  const isUsed = (file: string): boolean =>
    [file, `${file}-wal`].some((part) => files.includes(part) && readFileSync(part).includes("CREATE TABLE journal"));
  return files.filter((file) => file.endsWith(".sqlite")).map((file) => ({ file, isUsed: isUsed(file) }));
}

/** A look-up, a batch without its start, and a socket that is opened and closed. */
async function knock(session_id: string): Promise<void> {
  expect(await live(server, session_id)).toBeNull();
  const events = [{ event_type: "click" }];
  expect((await post(server, "/track/events/batch", { session_id, stream: "s1", first: 1, events })).status).toBe(404);
  const key = { Authorization: `Bearer ${server.key}` };
  const stream = await upgrade(`${server.url}/analytics/sessions/${session_id}/stream`, key);
  expect(stream).toEqual({ status: 404, socket: null });
  const { status, socket } = await upgrade(`${server.url}/track/socket?session_id=${session_id}`);
  expect(status).toBe(101);
  socket?.close();
}

test("1,000 look-ups and socket opens of unknown ids leave no object storage behind", async () => {
  const known = crypto.randomUUID();
  const events = [{ event_type: "click" }];
  await post(server, "/track/events/batch", {
    session_id: known,
    stream: "s1",
    first: 1,
    events,
    start: { page: PAGE },
  });
  const ids = Array.from({ length: IDS }, () => crypto.randomUUID());
  while (ids.length > 0) await Promise.all(ids.splice(0, AT_ONCE).map(knock));
  expect((await live(server, known))?.events).toBe(1);
  await server.kill();
  const actors = actorsOnDisk(server.state);
  expect(actors.length).toBeGreaterThan(0);
  expect(actors.filter(({ isUsed }) => isUsed)).toHaveLength(1);
  const { sessions, objects } = await server.readStores();
  expect(sessions.length).toBeLessThanOrEqual(1);
  expect(objects.every(({ key }) => key.includes(known))).toBe(true);
});
