// `npm run cost -- --attack`: what a day of attacks costs, beside what it may cost.
import { figure } from "./lib/stats.ts";
import { ADDRESS_RATE, attackByAddress, attackOnSite, type Bill, KINDS, SITE_RATE } from "./phases/attack.ts";
import { table } from "./report.ts";
import type { Kind } from "./workers/attack-job.ts";

const ADDRESS_GOAL = 2;
const SITE_GOAL = 50;

/** @returns The exit code. */
export async function showAttacks({ only, json }: { only: string | undefined; json: boolean }): Promise<number> {
  const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => only === undefined || kind === only);
  if (kinds.length === 0) {
    console.error(`--only must be one of ${Object.keys(KINDS).join(", ")}, not ${only}.`);
    return 2;
  }
  const say = (text: string) => json || console.error(text);
  const address: Bill[] = [];
  const site: Bill[] = [];
  for (const kind of kinds) {
    say(`Playing ${KINDS[kind]}, from one address …`);
    const one = await attackByAddress(kind);
    say(`  $${one.dollars.toFixed(2)} a day. On one site …`);
    const all = await attackOnSite(kind);
    say(`  $${all.dollars.toFixed(2)} a day.`);
    address.push(one);
    site.push(all);
  }
  const targets = [...targetsOf("address", address, ADDRESS_GOAL), ...targetsOf("site", site, SITE_GOAL)];
  const holds = targets.every((target) => target.holds);
  if (json) console.log(JSON.stringify({ address, site, targets }));
  else {
    print(`From one address, ${figure(ADDRESS_RATE)} requests a minute: at most $${ADDRESS_GOAL} a day`, address);
    print(
      `On one site, ${figure(SITE_RATE)} requests a minute, each from another network: at most $${SITE_GOAL} a day`,
      site,
    );
    console.log(
      "\nRequests past these rates are refused by the Worker for $0.30 a million; a rate limiting rule in front of it stops them for nothing.",
    );
  }
  return holds ? 0 : 1;
}

const targetsOf = (who: string, bills: Bill[], goal: number) =>
  bills.map(({ kind, dollars }) => ({
    name: `${who}: ${KINDS[kind]}`,
    value: dollars,
    unit: "dollars a day",
    goal: `<= ${goal}`,
    holds: dollars <= goal,
  }));

function print(title: string, bills: Bill[]) {
  const rows = bills.map(({ kind, taken, dollars, refused, d1_bytes }) => [
    KINDS[kind],
    figure(taken),
    dollars.toFixed(2),
    refused.toFixed(2),
    figure(d1_bytes / 1e6),
  ]);
  console.log(`\n${title}\n`);
  console.log(table(["a day of", "taken", "$", "of it for refused requests", "MB in D1"], rows));
}
