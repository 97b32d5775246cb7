// Does an event cost more late in a long session?
import { flushingOften } from "../lib/build.ts";
import { quiet } from "../lib/process.ts";
import { type Server, start } from "../lib/server.ts";
import { mean, median, quantile } from "../lib/stats.ts";
import { closedLoop } from "../load/drive.ts";
import { batch, newSession, pathOf } from "../load/session.ts";
import { openHttp, type Wire } from "../load/wire.ts";

const SIZE = 20;
/** Events a batch between the windows. */
const LARGEST = 100;
const FIRST = "1-100";
const YOUNG = "900-1,000";
const OLD = "9,000-10,000";
const LONGEST = 10_000;
interface Visitor {
  port: number;
  session: ReturnType<typeof newSession>;
  wire: Wire;
  sent: number;
}

type Found = Record<typeof FIRST | typeof YOUNG | typeof OLD, { cpu: number[]; p50: number[] }>;

const empty = () => ({ cpu: [] as number[], p50: [] as number[] });

/**
 * An ordinary session flushes about every 1,100 events, so a window of 100 events would have one flush or none, and that
 * would decide the figure. So this Worker flushes after every batch; all else is the same.
 */
export async function growth(dist: string, { sessions, rounds }: { sessions: number; rounds: number }) {
  const server = await start("growth", {
    dist: flushingOften(dist),
    objects: "project",
    bindings: { RATE_LIMIT: "off", LOG_LEVEL: "error" },
  });
  try {
    await closedLoop(server.port, { transport: "http", size: SIZE, length: 1_000 }, 20);
    const found: Found = { [FIRST]: empty(), [YOUNG]: empty(), [OLD]: empty() };
    for (let round = 0; round < rounds; round++) await playWindows(server, sessions, found);
    return Object.entries(found).map(([window, { cpu, p50 }]) => ({ window, cpu: mean(cpu), p50: median(p50) }));
  } finally {
    await server.kill();
  }
}

/** Young and old sessions are measured in turn, in this many steps, so that both meet the same noise. */
const STEPS = 5;

/** Plays several sessions at once, so that a step is long enough to measure. */
async function playWindows(server: Server, sessions: number, found: Found) {
  const old = await open(server, sessions);
  await step(server, old, 100, found[FIRST]);
  await Promise.all(old.map((visitor) => advance(visitor, 9_000, LARGEST)));
  for (let i = 1; i <= STEPS; i++) {
    const young = await open(server, sessions);
    await Promise.all(young.map((visitor) => advance(visitor, 900, LARGEST)));
    await step(server, young, 1_000, found[YOUNG]);
    await step(server, old, 9_000 + (i * 1_000) / STEPS, found[OLD]);
    for (const { wire } of young) wire.close();
  }
  for (const { wire } of old) wire.close();
}

async function step(server: Server, visitors: Visitor[], to: number, into: { cpu: number[]; p50: number[] }) {
  const events = visitors.reduce((total, { sent }) => total + to - sent, 0);
  const before = await quiet(server.pids);
  const latencies = (await Promise.all(visitors.map((visitor) => advance(visitor, to, SIZE)))).flat();
  const after = await quiet(server.pids);
  into.cpu.push(((after.cpu - before.cpu) / events) * 100_000);
  into.p50.push(quantile(latencies, 0.5));
}

const open = (server: Server, sessions: number): Promise<Visitor[]> =>
  Promise.all(
    Array.from({ length: sessions }, async () => ({
      port: server.port,
      session: newSession(),
      wire: await openHttp(server.port, pathOf),
      sent: 0,
    })),
  );

/** @param most Events a batch. */
async function advance(visitor: Visitor, to: number, most: number): Promise<number[]> {
  const latencies = [];
  while (visitor.sent < to) {
    const size = Math.min(most, to - visitor.sent);
    const body = batch(visitor.session, { position: visitor.sent, count: size, total: LONGEST });
    if (!visitor.wire.isOpen()) {
      visitor.wire.close();
      visitor.wire = await openHttp(visitor.port, pathOf);
    }
    const sent = performance.now();
    await visitor.wire.send(`{${body}}`);
    latencies.push(performance.now() - sent);
    visitor.sent += size;
  }
  return latencies;
}
