// `npm run seed`: fills the local D1 with a made-up year.
import { parseArgs } from "node:util";
import { stateDir } from "./lib/state.ts";
import { seed } from "./seed/seed.ts";

const HELP = `npm run seed [-- --sessions <n>] [--until <YYYY-MM-DD>]

Writes a deterministic year of sessions (real browser profiles, daily and weekly cycles, bots, campaigns, leads), with
about ten events each, into the D1 of STATE_DIR (default .state), and rolls it up. Not while "npm run dev" is running.
Begun again with the same --until it goes on where it broke off; until it is through, four indexes are missing.
  --sessions  how many (default 20000)
  --until     the day the year ends before (default: today, UTC)
  --json      only one object of figures`;

const { values } = parseArgs({
  options: {
    sessions: { type: "string", default: "20000" },
    until: { type: "string", default: new Date().toISOString().slice(0, 10) },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const sessions = Number(values.sessions);
const until = Date.parse(`${values.until}T00:00:00Z`);
if (!Number.isInteger(sessions) || sessions < 1 || sessions > 10_000_000 || !Number.isFinite(until)) {
  console.error(HELP);
  process.exit(2);
}
const state = stateDir();
const say = (line: string) => console.error(line);
const done = await seed({ sessions, until, state, say: values.json ? () => {} : say });
if (values.json) console.log(JSON.stringify(done));
else
  console.log(
    `${done.sessions} sessions, ${done.events} events, ${(done.total_ms / 1_000).toFixed(0)} s; ${done.memory_mb} MB of memory at most, ${(done.bytes / 1e6).toFixed(0)} MB on disk`,
  );
