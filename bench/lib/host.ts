// A process that runs one Worker on Miniflare, and answers its parent's questions about D1 and R2.
import { readdirSync, readFileSync } from "node:fs";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_splitSqlQuery } from "wrangler";
import { persistRoot, workerOptions } from "../../scripts/lib/local.ts";
import type { Beside, HostMessage, HostOptions, Question } from "./messages.ts";

const migrations = new URL("../../migrations/", import.meta.url);
const {
  dist,
  state,
  bindings,
  objects,
  port = 0,
  assets = false,
  inspector = false,
  beside,
} = JSON.parse(process.argv[2] ?? "{}") as HostOptions;

const { assets: files, ...project } = workerOptions();
const { d1Databases, r2Buckets, kvNamespaces, compatibilityDate } = project;
const stores = { d1Databases, r2Buckets, kvNamespaces, compatibilityDate, bindings };
/** @param named Class by binding. */
const actors = (named: Record<string, string>) =>
  Object.fromEntries(Object.entries(named).map(([name, className]) => [name, { className, useSQLite: true }]));
const worker =
  objects === "project"
    ? { ...project, ...(assets && { assets: files }), bindings: { ...project.bindings, ...bindings } }
    : { ...stores, durableObjects: actors(objects) };

/** The built Worker and the texts that it imports; the first is what runs. */
function modules(folder: string) {
  const texts = readdirSync(folder).filter((name) => /\.(html|txt)$/.test(name));
  return [
    { type: "ESModule" as const, path: `${folder}/index.js` },
    ...texts.map((name) => ({ type: "Text" as const, path: `${folder}/${name}` })),
  ];
}

const own = { ...worker, modules: modules(dist), modulesRoot: dist };
const second = ({ dist: folder, host }: Beside) => ({
  name: "beside",
  compatibilityDate,
  modules: modules(folder),
  modulesRoot: folder,
  routes: [`${host}/*`],
});

const launched = Date.now();
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    ...(beside ? { workers: [{ ...own, name: "own" }, second(beside)] } : own),
    host: "127.0.0.1",
    port,
    ...(inspector && { inspectorPort: 0 }),
    resourcePersistencePath: persistRoot(state),
    cf: false,
  }),
);

/** A runtime that starts with a thousand alarms due resets connections at first. */
const TRIES = 5;
const TRY_AGAIN_MS = 200;

async function sql(text: string, tries: number = TRIES): Promise<Record<string, unknown>[]> {
  try {
    const db = await miniflare.getD1Database("DB");
    return (await db.prepare(text).all()).results;
  } catch (error) {
    if (tries <= 1 || !(error instanceof TypeError && error.message === "fetch failed")) throw error;
    await new Promise((done) => setTimeout(done, TRY_AGAIN_MS));
    return sql(text, tries - 1);
  }
}

async function migrate() {
  await sql(`CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
    applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`);
  const applied = new Set((await sql("SELECT name FROM d1_migrations")).map(({ name }) => name));
  const db = await miniflare.getD1Database("DB");
  const missing = readdirSync(migrations).filter((file) => !applied.has(file));
  for (const file of missing.sort()) {
    // Not split at each semicolon: a trigger contains statements.
    const statements = unstable_splitSqlQuery(readFileSync(new URL(file, migrations), "utf8"));
    const note = db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(file);
    await db.batch([...statements.map((statement) => db.prepare(statement)), note]);
  }
}

async function databaseBytes() {
  const db = await miniflare.getD1Database("DB");
  return (await db.prepare("SELECT 1").all()).meta.size_after;
}

/** Everything in R2. */
async function* everyObject(): AsyncGenerator<{ key: string; size: number }> {
  const bucket = await miniflare.getR2Bucket("TRACKING_R2");
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ limit: 1_000, ...(cursor && { cursor }) });
    yield* page.objects;
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
}

/** Keys in R2 by kind: meta, identity, events. */
async function objectCounts() {
  const counts: Record<string, number> = {};
  for await (const { key } of everyObject()) {
    const kind = /\/(meta|identity|events)[./]/.exec(key)?.[1] ?? "other";
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

async function objectBytes() {
  let bytes = 0;
  for await (const { size } of everyObject()) bytes += size;
  return bytes;
}

const tell = (message: HostMessage) => process.send?.(message);

// The parent is gone, and nobody else would end this process.
process.on("disconnect", () => process.exit());
process.on("message", async (question: Question) => {
  try {
    const answers = { sql: () => sql(question.text), objects: objectCounts, objectBytes, bytes: databaseBytes };
    const answer = await answers[question.ask]();
    tell({ id: question.id, answer });
  } catch (error) {
    tell({ id: question.id, error: String(error) });
  }
});

const url = await miniflare.ready;
await migrate();
const inspected = inspector ? Number((await miniflare.getInspectorURL()).port) : undefined;
tell({ ready: Number(url.port), launched, inspected });
