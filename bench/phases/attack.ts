// What an attack costs in a day: played in simulated time against the limits as they are deployed, every billed operation counted.
import { buildOwn } from "../lib/build.ts";
import { start } from "../lib/server.ts";
import { bill } from "../prices.ts";
import type { Attack, Job, Kind, Outcome } from "../workers/attack-job.ts";
import { withStated } from "./bill.ts";

const BASE = Date.UTC(2026, 0, 5);
const DAY_MINUTES = 24 * 60;

/** Requests a minute that one address may send past the edge, and that a site's limit on starts lets through at one location. */
export const ADDRESS_RATE = 1_200;
export const SITE_RATE = 6_000;
/**
 * Attacks are played at a fraction of their rate, against limits and budgets of the same fraction: what is admitted is
 * written to real stores, and a whole day would take hours. Leads of an address are not scaled: their budget is no setting.
 */
const ADDRESS_SCALE = 20;
/** Twice what an address may try. The same limit refuses all further requests, so they are only priced. */
const LEADS_RATE = 120;
const SITE_SCALE = 400;
/** A site's leads are 120 a minute. */
const SITE_LEADS_SCALE = 120;

export const KINDS: Record<Kind, string> = {
  starts: "new sessions with one event each",
  heavy: "new sessions with 100 events of 2,400 bytes, each of a type of its own",
  calls: "sessions that go on with one event a call",
  unknown: "batches of sessions that nobody began",
  consent: "sessions that grant and withdraw consent in turn",
  leads: "leads",
};

export interface Bill {
  kind: Kind;
  /** A day. */
  requests: number;
  /** Of these, answered 200 or 202. */
  taken: number;
  /** A day, at list prices. */
  dollars: number;
  /** The part of the dollars that is for requests which the Worker refuses by itself. */
  refused: number;
  /** A day. */
  d1_bytes: number;
}

/** A request that is refused without an object: the request, and a fifth of a millisecond of CPU. */
export const REFUSED_DOLLARS = (0.3 + 0.2 * 0.02) / 1e6;

/** Each request wakes an object and spends no budget: every minute is like the others, so a few are enough. */
const ALIKE = "unknown";
const FEW_MINUTES = 5;

/** From one address. The first hour spends what may be spent at once; the other 23 are like the second hour. */
export async function attackByAddress(kind: Kind): Promise<Bill> {
  const isLeads = kind === "leads";
  const scale = isLeads ? 1 : ADDRESS_SCALE;
  const rate = isLeads ? LEADS_RATE : ADDRESS_RATE / scale;
  const attack = { kind, start: BASE, rate, isSpread: false, scale };
  const minutes = kind === ALIKE ? FEW_MINUTES : 60;
  const first = await play({ ...attack, minutes });
  const two = await play({ ...attack, minutes: 2 * minutes });
  const steps = DAY_MINUTES / minutes;
  const played = billOf(kind, rate * scale, (of) => scale * (of(first) + (steps - 1) * (of(two) - of(first))));
  const more = (ADDRESS_RATE - rate * scale) * DAY_MINUTES;
  return {
    ...played,
    requests: played.requests + more,
    dollars: played.dollars + more * REFUSED_DOLLARS,
    refused: played.refused + more * REFUSED_DOLLARS,
  };
}

/** On one site, each request from another network. */
export async function attackOnSite(kind: Kind): Promise<Bill> {
  const minutes = kind === ALIKE ? FEW_MINUTES : DAY_MINUTES;
  const scale = kind === "leads" ? SITE_LEADS_SCALE : SITE_SCALE;
  const played = await play({ kind, start: BASE, minutes, rate: SITE_RATE / scale, isSpread: true, scale });
  return billOf(kind, SITE_RATE, (of) => (of(played) * scale * DAY_MINUTES) / minutes);
}

/** @param day Scales a figure up to a day. */
function billOf(kind: Kind, rate: number, day: (of: (one: PlayedDay) => number) => number): Bill {
  const requests = rate * DAY_MINUTES;
  const taken = day((one) => one.taken);
  return {
    kind,
    requests,
    taken,
    dollars: day((one) => one.dollars),
    refused: (requests - taken) * REFUSED_DOLLARS,
    d1_bytes: day((one) => one.d1_bytes),
  };
}

interface PlayedDay {
  taken: number;
  dollars: number;
  d1_bytes: number;
}

/** Minutes that one call plays: few enough that it ends well within the time a client waits. */
const STEP_MINUTES = 5;

async function play({ minutes, ...attack }: Attack & { minutes: number }): Promise<PlayedDay> {
  const name = `attack-${attack.kind}-${attack.isSpread ? "site" : "address"}-${minutes}`;
  const server = await start(name, {
    dist: await buildOwn("attack"),
    objects: "project",
    bindings: { LOG_LEVEL: "error" },
  });
  const empty = await server.databaseBytes();
  try {
    const { counts, statuses } = await playSteps(server.port, attack, minutes);
    const failed = Object.entries(statuses).find(([status]) => Number(status) >= 500 && status !== "503");
    if (failed) throw new Error(`${failed[1]} answers were ${failed[0]}`);
    const taken = (statuses["200"] ?? 0) + (statuses["202"] ?? 0);
    return { taken, dollars: bill(withStated(counts)).dollars, d1_bytes: (await server.databaseBytes()) - empty };
  } finally {
    await server.kill();
  }
}

async function playSteps(port: number, attack: Attack, minutes: number): Promise<Outcome> {
  for (let minute = 0; ; minute += STEP_MINUTES) {
    const isLast = minute + STEP_MINUTES >= minutes;
    const job: Job = {
      minutes: Math.min(STEP_MINUTES, minutes - minute),
      isLast,
      ...(minute === 0 && { begin: attack }),
    };
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: JSON.stringify(job) });
    if (!response.ok) throw new Error(await response.text());
    const outcome = (await response.json()) as Outcome | null;
    if (outcome) return outcome;
  }
}
