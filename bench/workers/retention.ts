import { sessionPrefix } from "../../src/data/store/archive";
import { createLogger } from "../../src/ops/logger";
import { cutoffAt, retain } from "../../src/ops/retention";
import type { Bounds, RetentionStores } from "../../src/ops/retention-work";

/** Fills the stores with old and young sessions, runs retention's invocations, and says what is left. */

export { LeadActor } from "../../durable/lead/actor";
export { SiteSettings } from "../../durable/site/actor";

type Env = RetentionStores;

interface Seed {
  sessions: { id: string; started_at: number }[];
  /** Objects of each session: its meta, and events for the rest. */
  objects: number;
}

async function seed({ sessions, objects }: Seed, { DB, TRACKING_R2 }: Env): Promise<void> {
  const puts = sessions.flatMap(({ id, started_at }) => {
    const prefix = sessionPrefix(id, started_at);
    const events = Array.from({ length: objects - 1 }, (_, i) => `events/${started_at + i}-${i}.json`);
    return ["meta.json", ...events].map((name) => TRACKING_R2.put(prefix + name, "{}"));
  });
  await Promise.all(puts);
  const rows = JSON.stringify(sessions);
  await DB.batch([
    DB.prepare(
      `INSERT OR REPLACE INTO sessions (session_id, site, started_at, last_event_at, events, last_seq, detail)
       SELECT value ->> 'id', 'default', value ->> 'started_at', value ->> 'started_at', 1, 1, '{}' FROM json_each(?)`,
    ).bind(rows),
    DB.prepare(
      `INSERT OR REPLACE INTO events (session_id, seq, at, received_at, event_type)
       SELECT value ->> 'id', 1, value ->> 'started_at', value ->> 'started_at', 'click' FROM json_each(?)`,
    ).bind(rows),
  ]);
}

/** A page of everything in R2, or of the sessions in a table. */
async function left(what: string, after: string | null, { DB, TRACKING_R2 }: Env) {
  if (what === "objects") {
    const page = await TRACKING_R2.list({ limit: 1_000, ...(after !== null && { startAfter: after }) });
    return { found: page.objects.map(({ key }) => key), more: page.truncated };
  }
  const table = what === "events" ? "events" : "sessions";
  const { results } = await DB.prepare(`SELECT session_id FROM ${table} WHERE session_id > ? ORDER BY 1 LIMIT 5000`)
    .bind(after ?? "")
    .all<{ session_id: string }>();
  return { found: results.map(({ session_id }) => session_id), more: results.length === 5_000 };
}

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    try {
      if (pathname === "/cutoff") return Response.json(cutoffAt(Number(searchParams.get("now"))));
      if (pathname === "/seed") {
        await seed(await request.json<Seed>(), env);
        return new Response();
      }
      if (pathname === "/retain") {
        const { now, begin, bounds } = await request.json<{ now: number; begin: boolean; bounds: Bounds }>();
        await retain(env, createLogger("warn", {}), now, { begin, bounds });
        const run = await env.DB.prepare("SELECT * FROM retention_runs").first();
        return Response.json(run);
      }
      return Response.json(await left(pathname.slice(1), searchParams.get("after"), env));
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
    }
  },
} satisfies ExportedHandler<Env>;
