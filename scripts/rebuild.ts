// `npm run rebuild`: D1's sessions and events again, from the R2 log alone.

import { parseArgs } from "node:util";
import { DEVELOPMENT_KEY } from "./lib/dev-options.ts";

const HELP = `npm run rebuild -- --from 2026-11-01 --to 2026-11-25 [--url <url>] [--key <key>]

Writes D1's sessions and events again from the R2 log, for sessions begun on these days (UTC, both included), and has the
fingerprints met write their own rows. May be run at any time, and again: what it writes is what the flushes wrote. A
session whose actor is ahead of the archive is left as it is.
  --url   the running server (default http://localhost:8787)
  --key   a key with the scope admin (default: PULSEGATE_KEY, or the development key)
  --json  prints the totals as one JSON object, and nothing else
  --help  this text`;

const { values } = parseArgs({
  options: {
    from: { type: "string" },
    to: { type: "string" },
    url: { type: "string", default: "http://localhost:8787" },
    key: { type: "string", default: process.env.PULSEGATE_KEY ?? DEVELOPMENT_KEY },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help || !values.from || !values.to) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

/** Tries of one step: each may be repeated, so a store that does not answer is asked again. */
const TRIES = 5;

const total = { sessions: 0, events: 0, quarantined: 0, fingerprints: 0, ahead: 0, incomplete: 0 };
const began = Date.now();
let after: string | null = null;
do {
  const data = await step(after);
  for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += data[name];
  after = data.next;
  if (!values.json) console.log(`${total.sessions} sessions, ${total.events} events${after ? `, up to ${after}` : ""}`);
} while (after);
const seconds = (Date.now() - began) / 1_000;
if (values.json) console.log(JSON.stringify({ ...total, seconds }));
else console.log(`Done in ${seconds.toFixed(1)} s: ${JSON.stringify(total)}`);
process.exit(total.incomplete > 0 ? 1 : 0);

async function step(place: string | null): Promise<typeof total & { next: string | null }> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${values.url}/analytics/rebuild`, {
      method: "POST",
      headers: { Authorization: `Bearer ${values.key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ from: values.from, to: values.to, after: place }),
    }).catch((error) => new Response(String(error), { status: 503 }));
    const text = await response.text();
    if (response.ok) return JSON.parse(text).data;
    if (response.status < 500 || attempt === TRIES) {
      console.error(`The server answered ${response.status}: ${text}`);
      process.exit(1);
    }
    await new Promise((done) => setTimeout(done, 1_000 * attempt));
  }
}
