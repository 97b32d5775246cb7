// The load: the Worker with everything on, and what it is compared to, cell by cell in each round.
import { isDisturbed, type Measured, measure, measureClosed } from "../lib/measure.ts";
import type { Server } from "../lib/server.ts";
import { median } from "../lib/stats.ts";
import { closedLoop, constantRate, type Shape } from "../load/drive.ts";

type Who = "subject" | "parse" | "bare" | "written" | "stateless";
type Servers = Record<Who, Server>;

interface Cell {
  key: string;
  who: Who;
  shape: Shape;
  /** In each round. */
  events: number;
  /** In the short run too. */
  quick: boolean;
}

const cell = (
  who: Who,
  transport: "http" | "ws",
  size: number,
  length: number,
  events: number,
  quick: boolean,
): Cell => ({
  key: `${who} ${transport} ${size} of ${length}`,
  who,
  shape: { transport, size, length },
  events,
  quick,
});

/** What is compared stands side by side, so that both meet the machine in the same mood. */
export const CELLS = [
  cell("parse", "http", 20, 1_000, 60_000, true),
  cell("bare", "http", 20, 100, 15_000, true),
  cell("written", "http", 20, 100, 15_000, false),
  cell("subject", "http", 20, 100, 15_000, true),
  cell("stateless", "http", 20, 100, 600, true),
  cell("subject", "ws", 20, 100, 15_000, false),
  cell("bare", "http", 20, 1_000, 30_000, true),
  cell("written", "http", 20, 1_000, 30_000, false),
  cell("subject", "http", 20, 1_000, 30_000, true),
  cell("subject", "ws", 20, 1_000, 30_000, true),
  cell("bare", "ws", 20, 1_000, 30_000, false),
  cell("parse", "ws", 20, 1_000, 60_000, false),
  cell("parse", "http", 1, 100, 10_000, false),
  cell("bare", "http", 1, 100, 5_000, false),
  cell("subject", "http", 1, 100, 5_000, false),
  cell("parse", "ws", 1, 100, 20_000, false),
  cell("bare", "ws", 1, 100, 10_000, false),
  cell("subject", "ws", 1, 100, 10_000, false),
  cell("parse", "http", 100, 1_000, 60_000, false),
  cell("bare", "http", 100, 1_000, 40_000, false),
  cell("subject", "http", 100, 1_000, 40_000, false),
];

/** More requests under way than this at once make the stateless design slower, and its local runtime drop connections. */
const STATELESS_LANES = 8;

const STEADY = { rate: 1_000, shape: { transport: "http", size: 20, length: 100 } as const };

/**
 * @param options `share`: of each cell's events; the stateless design's are few already. `repeats`: how often a cell that other work disturbed is tried again.
 */
export async function load(
  servers: Servers,
  {
    rounds,
    quick,
    share,
    repeats,
    steadySeconds,
    say,
  }: {
    rounds: number;
    quick: boolean;
    share: number;
    repeats: number;
    steadySeconds: number;
    say: (text: string) => void;
  },
) {
  const cells = CELLS.filter((one) => one.quick || !quick).map((one) =>
    one.who === "stateless" ? one : { ...one, events: one.events * share },
  );
  const samples: Record<string, Measured[]> = {};
  const disturbed: string[] = [];
  const take = async (key: string, round: number, cell: () => Promise<Measured>) => {
    let measured = await cell();
    for (let i = 0; i < repeats && isDisturbed(measured); i++) measured = await cell();
    samples[key] = [...(samples[key] ?? []), measured];
    if (isDisturbed(measured))
      disturbed.push(`round ${round}, ${key}: others used ${percent(measured.others)} of the machine`);
  };
  for (const one of cells) await run(servers, { ...one, events: one.events / 5 });
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}`);
    for (const one of cells) await take(one.key, round, () => run(servers, one));
    const steady = ["bare", ...(quick ? [] : (["written"] as const)), "subject"] as const;
    for (const who of steady) {
      const server = servers[who];
      const drive = () => constantRate(server.port, STEADY.shape, STEADY.rate, steadySeconds);
      await take(`${who} steady`, round, () => measure(server, drive));
    }
  }
  return { samples, medians: mediansOf(samples), disturbed };
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

function run(servers: Servers, { who, shape, events }: Cell) {
  const server = servers[who];
  if (who !== "stateless") return measureClosed(server, shape, events);
  return measure(server, () => closedLoop(server.port, shape, events / shape.length, STATELESS_LANES));
}

function mediansOf(samples: Record<string, Measured[]>): Record<string, Measured> {
  return Object.fromEntries(
    Object.entries(samples).map(([key, list]) => {
      const [first] = list;
      if (!first) throw new Error(`${key} was not measured`);
      const fields = Object.keys(first) as (keyof Measured)[];
      const medians = { ...first };
      for (const field of fields) medians[field] = median(list.map((measured) => measured[field]));
      return [key, medians];
    }),
  );
}

/** Everything acked must be in D1 and in R2, or the numbers are of something else. */
export async function checkStores(subject: Server) {
  const [sessions] = await subject.sql(
    "SELECT count(*) AS n, sum(events) AS events, count(ended_at) AS ended FROM sessions",
  );
  const [rows] = await subject.sql("SELECT count(*) AS n FROM events");
  const objects = await subject.objects();
  const n = Number(sessions?.["n"]);
  if (rows?.["n"] !== sessions?.["events"]) throw new Error(`D1 has ${rows?.["n"]} of ${sessions?.["events"]} events`);
  if (sessions?.["ended"] !== n) throw new Error(`${n - Number(sessions?.["ended"])} sessions are not ended in D1`);
  if ((objects["events"] ?? 0) < n || objects["meta"] !== n)
    throw new Error(`R2 has ${JSON.stringify(objects)} of ${n} sessions`);
  return { sessions: n, events: Number(rows?.["n"]), objects };
}
