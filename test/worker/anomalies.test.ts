import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { rollUp } from "../../src/ops/rollup";
import { seeded } from "../support/random";
import { putSessions } from "../support/rows";
import { makeSessions } from "../support/sessions";
import { ask, KEY } from "../support/visit";
import { read } from "./helpers";

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const AT = Date.UTC(2031, 4, 7, 10);

interface Found {
  data: { kind: string; at: number; value: number; median: number; samples: number; site: string | null }[];
  next_cursor: string | null;
  period: { from: number; to: number };
}

beforeAll(async () => {
  const random = seeded(11);
  const weeks = [30, 32, 28, 31, 29, 30, 33, 27].flatMap((count, i) =>
    makeSessions(random, count, AT - (i + 1) * WEEK, HOUR),
  );
  // From the first day on there is something on each: hours without a session are then known to have none.
  const first = makeSessions(random, 1, AT - 9 * WEEK, HOUR);
  await putSessions([...first, ...weeks, ...makeSessions(random, 200, AT, HOUR)]);
  while (!(await rollUp(env.DB, AT + 48 * HOUR, true)).isDone);
});

it("an hour of seven times the usual sessions is an anomaly, with the numbers that made it one", async () => {
  const { data, next_cursor, period } = await read<Found>(
    `/analytics/anomalies?from=${AT - WEEK}&to=${AT + 12 * HOUR}`,
  );
  const spike = data.find(({ kind }) => kind === "traffic_spike");
  expect(spike).toMatchObject({ at: AT, value: 200, median: 30, samples: 8, mad: 1.5, site: null });
  expect([next_cursor, period]).toEqual([null, { from: AT - WEEK, to: AT + 12 * HOUR }]);
});

it("weeks that are all alike have none, and a site without sessions neither", async () => {
  const week = `from=${AT - 2 * WEEK}&to=${AT - HOUR}`;
  expect((await read<Found>(`/analytics/anomalies?${week}`)).data).toEqual([]);
  expect((await read<Found>(`/analytics/anomalies?from=${AT - WEEK}&to=${AT + HOUR}&site=nowhere`)).data).toEqual([]);
});

it("a longer period is judged for its last month, page by page and as a file", async () => {
  const { period, data, next_cursor } = await read<Found>(`/analytics/anomalies?from=0&to=${AT + HOUR}&limit=1`);
  expect(period.from).toBe(AT + HOUR - 31 * 24 * HOUR);
  expect(data).toHaveLength(1);
  const csv = await ask(`/analytics/anomalies?from=0&to=${AT + HOUR}`, { headers: { ...KEY, Accept: "text/csv" } });
  const lines = (await csv.text()).trim().split("\r\n");
  expect(lines[0]).toContain("kind,site,at");
  expect(lines.length - 1).toBeGreaterThanOrEqual(next_cursor === null ? 1 : 2);
});
