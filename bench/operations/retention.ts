// `npm run bench:retention`: retention over many objects, in invocations too small for it, one of them killed half-way.

import { atMost, exactly } from "../../scripts/lib/target.ts";
import { buildOwn } from "../lib/build.ts";
import { sleep } from "../lib/process.ts";
import { start } from "../lib/server.ts";
import { answer } from "./answer.ts";

const HELP = `npm run bench:retention [-- --objects 100000] [-- --json]

Fills R2 and D1 with sessions of five objects, half of them older than 90 days, and has retention delete those in
invocations that are far too small for all of it. One is killed (kill -9) while it deletes. Then every key and every row
that is left is compared with what should be.
  --objects  how many (default 100,000)
  --json     prints one JSON object, { targets: [{ name, value, unit, goal, holds }], … }, and nothing else
  --help     this text`;

const DAY = 86_400_000;
const NOW = Date.UTC(2031, 5, 20, 3);
const OBJECTS_A_SESSION = 5;
const SEEDED_AT_ONCE = 100;
/** At most a tenth of what an invocation may do in production, so that any number of objects takes several. */
const boundsFor = (objects: number) => ({
  calls: 75,
  ms: 600_000,
  events: 5_000,
  page: Math.min(1_000, Math.ceil(objects / 100)),
  sessions: Math.min(200, Math.ceil(objects / 500)),
});

await answer(HELP, { name: "objects", value: 100_000 }, async (objects, say) => {
  const bounds = boundsFor(objects);
  say("building");
  const objectsOf = { LEAD: "LeadActor", SITE: "SiteSettings" };
  const options = { dist: await buildOwn("retention"), objects: objectsOf };
  let server = await start("retention", options);
  const ask = async (path: string, body?: object) => {
    const init = body ? { method: "POST", body: JSON.stringify(body) } : {};
    const send = () => fetch(`http://127.0.0.1:${server.port}${path}`, init);
    // The server may just be closing the kept connection. Filling and reading may be repeated, retention may not.
    const response = await (path === "/retain" ? send() : send().catch(send));
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text === "" ? null : JSON.parse(text);
  };
  const cutoff = Number(await ask(`/cutoff?now=${NOW}`));
  const sessions = Array.from({ length: Math.ceil(objects / OBJECTS_A_SESSION) }, (_, i) => ({
    id: crypto.randomUUID(),
    // The youngest that goes is a millisecond too old; the oldest that stays began exactly at the cutoff.
    started_at: i % 2 === 0 ? cutoff - 1 - (i % 13) * DAY : cutoff + (i % 11) * DAY,
  }));
  const filling = Date.now();
  for (let i = 0; i < sessions.length; i += SEEDED_AT_ONCE) {
    await ask("/seed", { sessions: sessions.slice(i, i + SEEDED_AT_ONCE), objects: OBJECTS_A_SESSION });
    if (i % 2_000 === 0) say(`${i * OBJECTS_A_SESSION} objects written`);
  }
  const filled = (Date.now() - filling) / 1_000;

  const began = Date.now();
  let invocations = 0;
  let killed = 0;
  let run: Record<string, unknown> | null = null;
  while (!run?.["finished_at"]) {
    const invocation = ask("/retain", { now: NOW, begin: invocations === 0, bounds });
    invocations += 1;
    if (invocations === 2) {
      const isOver = await Promise.race([invocation.then(() => true), sleep(30).then(() => false)]);
      if (isOver) continue;
      invocation.catch(() => {});
      await server.kill();
      killed += 1;
      server = await start("retention", { ...options, state: server.state });
      say("killed in the second invocation, and started again");
      continue;
    }
    run = await invocation;
    const report = JSON.parse(String(run?.["report"] ?? "{}"));
    say(`invocation ${invocations}: ${report.objects_deleted} objects, ${report.sessions_deleted} sessions deleted`);
    if (invocations > 10_000) throw new Error("retention does not come to an end");
  }
  const seconds = (Date.now() - began) / 1_000;

  const kept = sessions.filter(({ started_at }) => started_at >= cutoff);
  const ids = new Set(kept.map(({ id }) => id));
  /** Objects of each session that is left. */
  const found = new Map<string, number>();
  for await (const key of everything(ask, "objects")) {
    const id = key.split("/")[4] ?? key;
    found.set(id, (found.get(id) ?? 0) + 1);
  }
  const wrongObjects = sessions.filter(
    ({ id }) => (found.get(id) ?? 0) !== (ids.has(id) ? OBJECTS_A_SESSION : 0),
  ).length;
  const wrongRows = async (table: string) => {
    const rows = new Set();
    for await (const id of everything(ask, table)) rows.add(id);
    return sessions.filter(({ id }) => rows.has(id) !== ids.has(id)).length;
  };
  const targets = [
    exactly("sessions whose objects are not exactly right", wrongObjects, "sessions", 0),
    exactly("sessions whose row is not exactly right", await wrongRows("sessions"), "sessions", 0),
    exactly("sessions whose events are not exactly right", await wrongRows("events"), "sessions", 0),
    exactly("invocations killed while they deleted", killed, "", 1),
    atMost("calls to the stores of one invocation", bounds.calls, "", 750),
  ];
  return {
    targets,
    objects: sessions.length * OBJECTS_A_SESSION,
    invocations,
    fill_seconds: filled,
    run_seconds: seconds,
  };
});

async function* everything(ask: (path: string) => Promise<{ found: string[]; more: boolean }>, what: string) {
  for (let after = ""; ; ) {
    const { found, more } = await ask(`/${what}${after && `?after=${encodeURIComponent(after)}`}`);
    yield* found;
    after = found.at(-1) ?? "";
    if (!more) return;
  }
}
