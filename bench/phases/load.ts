// The load on the Worker with everything on, and on what it is compared to, cell by cell in each round.
import { isDisturbed, type Measured, measure, measureClosed } from "../lib/measure.ts";
import type { Server } from "../lib/server.ts";
import { median } from "../lib/stats.ts";
import { closedLoop, constantRate, type Shape } from "../load/drive.ts";

type Who = "subject" | "parse" | "bare" | "written" | "stateless";
type Servers = Record<Who, Server>;

interface Cell extends Shape {
  who: Who;
  /** In each round. */
  events: number;
  /** Whether the short run has it too. */
  quick: boolean;
}

/** In each round, in this order: what is compared stands side by side, so that both meet the same noise. */
export const CELLS: readonly Cell[] = [
  { who: "parse", transport: "http", size: 20, length: 1_000, events: 60_000, quick: true },
  { who: "bare", transport: "http", size: 20, length: 100, events: 15_000, quick: true },
  { who: "written", transport: "http", size: 20, length: 100, events: 15_000, quick: false },
  { who: "subject", transport: "http", size: 20, length: 100, events: 15_000, quick: true },
  { who: "stateless", transport: "http", size: 20, length: 100, events: 600, quick: true },
  { who: "subject", transport: "ws", size: 20, length: 100, events: 15_000, quick: false },
  { who: "bare", transport: "http", size: 20, length: 1_000, events: 30_000, quick: true },
  { who: "written", transport: "http", size: 20, length: 1_000, events: 30_000, quick: false },
  { who: "subject", transport: "http", size: 20, length: 1_000, events: 30_000, quick: true },
  { who: "subject", transport: "ws", size: 20, length: 1_000, events: 30_000, quick: true },
  { who: "bare", transport: "ws", size: 20, length: 1_000, events: 30_000, quick: false },
  { who: "parse", transport: "ws", size: 20, length: 1_000, events: 60_000, quick: false },
  { who: "parse", transport: "http", size: 1, length: 100, events: 10_000, quick: false },
  { who: "bare", transport: "http", size: 1, length: 100, events: 5_000, quick: false },
  { who: "subject", transport: "http", size: 1, length: 100, events: 5_000, quick: false },
  { who: "parse", transport: "ws", size: 1, length: 100, events: 20_000, quick: false },
  { who: "bare", transport: "ws", size: 1, length: 100, events: 10_000, quick: false },
  { who: "subject", transport: "ws", size: 1, length: 100, events: 10_000, quick: false },
  { who: "parse", transport: "http", size: 100, length: 1_000, events: 60_000, quick: false },
  { who: "bare", transport: "http", size: 100, length: 1_000, events: 40_000, quick: false },
  { who: "subject", transport: "http", size: 100, length: 1_000, events: 40_000, quick: false },
];

const keyOf = ({ who, transport, size, length }: Cell) => `${who} ${transport} ${size} of ${length}`;

/** With more requests at once the stateless design gets slower, and its local runtime drops connections. */
const STATELESS_LANES = 8;

const STEADY = { rate: 1_000, shape: { transport: "http", size: 20, length: 100 } as const };

interface LoadOptions {
  rounds: number;
  quick: boolean;
  /** The share of each cell's events that is sent. The stateless design's events are few already, and are all sent. */
  share: number;
  /** How often a cell that other work disturbed is tried again. */
  repeats: number;
  steadySeconds: number;
  say: (text: string) => void;
}

export async function load(servers: Servers, { rounds, quick, share, repeats, steadySeconds, say }: LoadOptions) {
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
    for (const one of cells) await take(keyOf(one), round, () => run(servers, one));
    const steady: Who[] = quick ? ["bare", "subject"] : ["bare", "written", "subject"];
    for (const who of steady) {
      const server = servers[who];
      const drive = () => constantRate(server.port, STEADY.shape, STEADY.rate, steadySeconds);
      await take(`${who} steady`, round, () => measure(server, drive));
    }
  }
  return { samples, medians: mediansOf(samples), disturbed };
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

function run(servers: Servers, { who, events, ...shape }: Cell) {
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

/** Throws unless every acked event is in D1 and R2: the numbers would be of something else. */
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
