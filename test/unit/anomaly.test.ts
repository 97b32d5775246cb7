import { describe, expect, it } from "vitest";
import { findAnomalies, sumsByName } from "../../src/core/anomaly/find";
import type { Sums } from "../../src/core/anomaly/kinds";
import { mad, median } from "../../src/core/anomaly/robust";
import { TOTALS, type Total } from "../../src/core/rollup/session-facts";
import { ANOMALY_LOOK_BACK_MS } from "../../src/edge/routes/anomalies";
import { WEEK_MS } from "../../src/limits";
import { seeded } from "../support/random";

const HOUR = 3_600_000;
const FROM = Date.UTC(2031, 2, 3);
const TO = FROM + 4 * WEEK_MS;
/** A Wednesday's noon in the last week. */
const AT = TO - 5 * 24 * HOUR + 12 * HOUR;

/** How often something happens that happens `mean` times on average. */
function poisson(random: () => number, mean: number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gauss(random)));
  let count = 0;
  for (let left = Math.exp(-mean), p = random(); p > left; p *= random()) count += 1;
  return count;
}

const gauss = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const BY_HOUR = [2, 1, 1, 1, 1, 2, 4, 8, 14, 18, 20, 20, 18, 18, 19, 18, 17, 16, 15, 16, 17, 15, 9, 4];

/** A year's third of normal weeks: they sleep, rest at weekends, grow, and differ by chance and by 10 % more. */
function normal(seed: number, volume: number): Map<number, Sums> {
  const random = seeded(seed);
  const known = new Map<number, Sums>();
  for (let at = FROM - ANOMALY_LOOK_BACK_MS; at < TO; at += HOUR) {
    const date = new Date(at);
    const weekend = date.getUTCDay() % 6 === 0 ? 0.6 : 1;
    const growth = 1 + (0.3 * (at - FROM)) / (12 * WEEK_MS);
    const mood = Math.exp(0.1 * gauss(random));
    const usual = (volume / 12) * (BY_HOUR[date.getUTCHours()] ?? 1) * weekend * growth * mood;
    const sessions = poisson(random, usual);
    const events = sessions * 10;
    const people = {
      sessions,
      events,
      submits: poisson(random, sessions * 0.1),
      vpn: poisson(random, sessions * 0.05),
    };
    const lost = { expected: events, missing: poisson(random, events * 0.002) };
    known.set(at, {
      people: named({ ...people, ...lost }),
      bots: named({ sessions: poisson(random, usual * 0.07) }),
      dead: random() < 0.02 ? 1 : 0,
    });
  }
  return known;
}

const named = (some: Partial<Record<Total, number>>) => sumsByName(TOTALS.map((name) => some[name] ?? 0));

/** Changes some hours from `AT` on. */
function inject(hours: number, change: (sums: Sums) => Sums): Map<number, Sums> {
  const known = normal(1, 200);
  for (let i = 0; i < hours; i++) {
    const sums = known.get(AT + i * HOUR);
    if (sums) known.set(AT + i * HOUR, change(sums));
  }
  return known;
}

const people = (change: (sums: Record<Total, number>) => Partial<Record<Total, number>>) => (sums: Sums) => ({
  ...sums,
  people: { ...sums.people, ...change(sums.people) },
});

describe("four normal weeks", () => {
  it.each([
    [1, 200],
    [2, 200],
    [3, 1_500],
    [4, 40],
    [5, 5],
    [6, 0.3],
  ])("have no anomaly (seed %i, %d sessions an hour)", (seed, volume) => {
    expect(findAnomalies(normal(seed, volume), FROM, TO)).toEqual([]);
  });
});

describe("an injected case is found where it is, and nothing else:", () => {
  it.each<[string, number, number, (sums: Sums) => Sums, string[]]>([
    ["three times the visitors", 1, AT, people(({ sessions }) => ({ sessions: sessions * 3 })), ["traffic_spike"]],
    [
      "three times the bots as there are people",
      1,
      AT,
      (sums) => ({ ...sums, bots: named({ sessions: sums.people.sessions * 3 }) }),
      ["traffic_spike"],
    ],
    ["no form for an hour", 1, AT, people(() => ({ submits: 0 })), ["submission_drop"]],
    ["every third session behind a VPN", 1, AT, people(({ sessions }) => ({ vpn: sessions / 3 })), ["vpn_ratio"]],
    [
      "a tenth of the events missing",
      1,
      AT,
      people(({ expected }) => ({ missing: expected / 10 })),
      ["completeness_drop"],
    ],
    ["twenty dead letters", 1, AT, (sums) => ({ ...sums, dead: 20 }), ["dead_letters"]],
  ])("%s", (_, hours, at, change, kinds) => {
    const known = inject(hours, change);
    const found = findAnomalies(known, FROM, TO);
    expect(found.map(({ kind }) => kind)).toEqual(kinds);
    expect(found[0]).toMatchObject({ at, from: at, to: at + HOUR, samples: 8, hours: 1 });
    const [{ value, median: usual, deviation } = { value: 0, median: 0, deviation: 0 }] = found;
    expect(Math.sign(value - usual)).toBe(Math.sign(deviation));
    expect(Math.abs(deviation)).toBeGreaterThanOrEqual(5.5);
  });

  it("hours in a row are one anomaly, told by the worst of them, and forms that stay away a day's too", () => {
    const known = inject(
      30,
      people(() => ({ submits: 0 })),
    );
    const found = findAnomalies(known, FROM, TO);
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(["submission_drop"]));
    const day = found.find(({ hours }) => hours === 24);
    expect(day?.value).toBeLessThan((day?.median ?? 0) / 2);
    expect(found.find(({ from }) => from === AT)).toBeDefined();
  });
});

describe("what is not known", () => {
  it("is not judged, and not a sample", () => {
    const known = inject(
      1,
      people(({ sessions }) => ({ sessions: sessions * 3 })),
    );
    for (const weeks of [1, 3, 4]) known.delete(AT - weeks * WEEK_MS);
    expect(findAnomalies(known, FROM, TO)[0]).toMatchObject({ kind: "traffic_spike", samples: 5 });
    for (const weeks of [5, 6]) known.delete(AT - weeks * WEEK_MS);
    expect(findAnomalies(known, FROM, TO)).toEqual([]);
    known.delete(AT);
    expect(findAnomalies(known, AT, AT + HOUR)).toEqual([]);
  });

  it("and one odd week among those before bends nothing", () => {
    const known = inject(
      1,
      people(({ sessions }) => ({ sessions: sessions * 3 })),
    );
    const odd = known.get(AT);
    if (odd) known.set(AT - 2 * WEEK_MS, odd);
    const at = findAnomalies(known, AT, AT + HOUR);
    expect(at.map(({ kind }) => kind)).toEqual(["traffic_spike"]);
  });
});

it("median and MAD are those of the textbook", () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), mad([1, 1, 2, 2, 4, 6, 9])]).toEqual([2, 2.5, 1]);
  expect(median([])).toBeNaN();
});
