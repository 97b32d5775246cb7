import { insertSeeds } from "../../src/data/store/seed";
import { rollUp } from "../../src/ops/rollup";

/** Writes made-up sessions from inside the runtime, where D1 is near. They are made outside, on another core. */

interface Env {
  DB: D1Database;
}

/** The body has the texts of a batch one after the other. Their lengths are in the query. */
async function insert(request: Request, url: URL, db: D1Database): Promise<Response> {
  const text = await request.text();
  const events = Number(url.searchParams.get("sessions"));
  const leads = events + Number(url.searchParams.get("events"));
  const texts = { sessions: text.slice(0, events), events: text.slice(events, leads), leads: text.slice(leads) };
  await insertSeeds(db, texts);
  return Response.json({});
}

export default {
  async fetch(request, { DB }) {
    const url = new URL(request.url);
    try {
      if (url.pathname === "/seed") return await insert(request, url, DB);
      return Response.json(await rollUp(DB, Number(await request.text()), true, 5_000));
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
    }
  },
} satisfies ExportedHandler<Env>;
