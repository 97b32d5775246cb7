// `npm run backtest`: what the rules of this working tree would have made of the sessions that R2 has.

import { parseArgs } from "node:util";
import { logsOfServer, logsOfState } from "./backtest/logs.ts";
import { report } from "./backtest/report.ts";
import { DEVELOPMENT_KEY } from "./lib/dev-options.ts";
import { loadSource } from "./lib/source.ts";

const HELP = `npm run backtest -- --from 2026-11-01 --to 2026-11-25 [--state <folder> | --url <url>]

Folds the R2 log of the sessions begun on these days (UTC, both included) through the rules of this working tree, and
beside it through the rules each session was scored with. Prints how labels change, the scores' distributions and how
often each rule fires. Writes nothing anywhere.
  --url     a running server, its own or a deployed one (default http://localhost:8787)
  --key     a key with the scope export (default: PULSEGATE_KEY, or the development key)
  --state   instead of a server: the folder of a local one that is not running (its STATE_DIR)
  --site    only sessions of this site
  --weight  <rule>=<points>: try another weight, without editing anything; may be given several times
  --shadow  <rule>: try it recorded and not counted; may be given several times
  --json    one JSON object and nothing else
  --help    this text`;

const { values } = parseArgs({
  options: {
    from: { type: "string" },
    to: { type: "string" },
    url: { type: "string", default: "http://localhost:8787" },
    key: { type: "string", default: process.env.PULSEGATE_KEY ?? DEVELOPMENT_KEY },
    state: { type: "string" },
    site: { type: "string" },
    weight: { type: "string", multiple: true, default: [] },
    shadow: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help || !values.from || !values.to) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
const { from, to, url, key, state, site } = values;
const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
if (!isDay(from) || !isDay(to) || from > to)
  wrong(`--from and --to are days such as 2026-11-25, --to not before --from.`);

function wrong(why: string): never {
  console.error(why);
  process.exit(2);
}

const PROGRESS_MS = 1_000;

const { backtestOne, newBacktest, ruleSet, RULES_VERSION, varied }: typeof import("../src/ops/for-commands.ts") =
  await loadSource("src/ops/for-commands.ts");

const weights = Object.fromEntries(
  values.weight.map((text) => {
    const [, rule = "", points = ""] = /^([^=]+)=(\d{1,3})$/.exec(text) ?? [];
    if (!rule || Number(points) > 100) wrong(`--weight ${text}: must be <rule>=<points of 0 to 100>`);
    return [rule, Number(points)];
  }),
);
const rules = current();
const tried = newBacktest();
const began = Date.now();
let said = began;
try {
  const logs =
    state === undefined ? logsOfServer({ url, key, from, to, site }) : logsOfState({ state, from, to, site });
  for await (const { session_id, entries } of logs) {
    backtestOne(tried, session_id, entries, rules);
    if (Date.now() - said < PROGRESS_MS) continue;
    said = Date.now();
    console.error(`${tried.sessions + tried.incomplete} sessions …`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
const seconds = (Date.now() - began) / 1_000;
const result = { from, to, rules_version: RULES_VERSION, weights, shadow: values.shadow, ...tried, seconds };
console.log(values.json ? JSON.stringify(result) : report(result));

function current() {
  try {
    return varied(ruleSet(RULES_VERSION), { weights, shadow: values.shadow });
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}
