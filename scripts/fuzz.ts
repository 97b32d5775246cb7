// `npm run fuzz`: sends bodies made at random to every public path of the built server, and checks what they have left behind.
import { parseArgs } from "node:util";
import { startServer } from "../test/local/server.ts";
import { rowsOf } from "../test/local/stores.ts";
import { requestOf } from "./fuzz/bodies.ts";
import { faultsOf } from "./fuzz/stored.ts";
import { seeded } from "./lib/random.ts";
import { loadSource } from "./lib/source.ts";

const HELP = `npm run fuzz [-- options]

Sends bodies that are good but for some changes made at random to every public path of the built server, on this machine.
Ends with 1 if one is answered with a 5xx or not at all, or if anything is stored that its schema refuses.
  --bodies  default 100,000
  --seed    default 1: the same bodies each time, but for the ids of sessions
  --json    one object, { targets: [{ name, value, unit, goal, holds }], … }, and nothing else
  --help    this text`;

const { values } = parseArgs({
  options: {
    bodies: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const [bodies, seed] = [values.bodies, values.seed].map((text) => Number(text.replaceAll(/[_,]/g, "")));
if (!bodies || !Number.isInteger(bodies) || bodies < 1 || !Number.isInteger(seed)) {
  console.error("--bodies and --seed take whole numbers. See npm run fuzz -- --help.");
  process.exit(2);
}

/** Calls at a time: the runtime has one thread for the Worker. */
const AT_ONCE = 16;
const SHOWN = 10;
/** Longer than a flush interval: what was taken is in D1 then. */
const SETTLE_MS = 40_000;

const random = seeded(seed ?? 1);
const statuses = new Map<number | string, number>();
const wrong: string[] = [];
let sent = 0;

const server = await startServer({ lean: true, env: { RATE_LIMIT: "off" } });
let faults = [];
let rows = 0;
try {
  await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
  const alive = await fetch(`${server.url}/health?deep=1`);
  if (!alive.ok) wrong.push(`/health?deep=1: ${alive.status}`);
  await new Promise((done) => setTimeout(done, SETTLE_MS));
  await server.kill();
  const stored = await rowsOf(server.state, ["events", "sessions", "lead_submissions"]);
  rows = Object.values(stored).reduce((sum, { length }) => sum + length, 0);
  faults = faultsOf(await loadSource("src/protocol/for-commands.ts"), stored);
} finally {
  await server.stop();
}

async function sendOn() {
  while (sent < (bodies ?? 0)) {
    sent += 1;
    if (!values.json && sent % 10_000 === 0) console.log(`${sent} of ${bodies}`);
    const { path, type, body } = requestOf(random);
    const headers = { ...(type && { "Content-Type": type }), Accept: "application/json" };
    const status = await fetch(`${server.url}${path}`, {
      method: "POST",
      headers,
      body,
      signal: AbortSignal.timeout(30_000),
    })
      .then(async (response) => {
        await response.arrayBuffer();
        return response.status;
      })
      .catch((error) => String(error.cause?.code ?? error.name));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (typeof status === "string" || status >= 500) wrong.push(`${path} ${type}: ${status} for ${body.slice(0, 300)}`);
  }
}

const targets = [
  {
    name: "bodies answered with a 5xx, or not at all",
    value: wrong.length,
    unit: "",
    goal: "= 0",
    holds: wrong.length === 0,
  },
  { name: "rows that their schema refuses", value: faults.length, unit: "", goal: "= 0", holds: faults.length === 0 },
];
const answers = Object.fromEntries([...statuses].sort());
if (values.json)
  console.log(
    JSON.stringify({
      targets,
      bodies,
      seed,
      answers,
      rows,
      wrong: wrong.slice(0, SHOWN),
      faults: faults.slice(0, SHOWN),
    }),
  );
else {
  console.log(
    `${bodies} bodies, seed ${seed}: ${Object.entries(answers)
      .map(([status, n]) => `${status} × ${n}`)
      .join(", ")}; ${rows} rows.`,
  );
  for (const line of [...wrong, ...faults].slice(0, SHOWN)) console.log(line);
  for (const { name, value, goal, holds } of targets)
    console.log(`${name}: ${value} (goal ${goal}) ${holds ? "holds" : "DOES NOT HOLD"}`);
}
process.exit(targets.every(({ holds }) => holds) ? 0 : 1);
