// The project's targets, and whether the numbers of a run reach them.

import { atLeast, atMost, type Target } from "../scripts/lib/target.ts";
import type { Measured } from "./lib/measure.ts";

interface Results {
  load: Record<string, Measured>;
  /** Dollars for a million events: by the sessions alone, with the identity actors and counters, with the roster too. */
  dollars: Record<"batches" | "frames", Record<"sessions" | "identities" | "everything", number>>;
  inserts: { rows: number; ratio: number }[];
  growth: { window: string; cpu: number }[];
  recovery: { seconds: number };
}

export function targetsOf({ load, dollars, inserts, growth, recovery }: Results): Target[] {
  const of = (key: string) => {
    const measured = load[key];
    if (!measured) throw new Error(`${key} was not measured`);
    return measured;
  };
  const http100 = of("subject http 20 of 100");
  const http1000 = of("subject http 20 of 1000");
  const ws1000 = of("subject ws 20 of 1000");
  const parse = of("parse http 20 of 1000");
  const bare100 = of("bare http 20 of 100");
  const bare1000 = of("bare http 20 of 1000");
  const stateless = of("stateless http 20 of 100");
  const insertRatio = (rows: number) => inserts.find((one) => one.rows === rows)?.ratio ?? 0;
  const cpuOf = (window: string) => growth.find((one) => one.window === window)?.cpu ?? Number.NaN;
  return [
    // `stored`: until D1 and R2 have everything, which is when the stateless design answers.
    atLeast("events/s beside the stateless design, sessions of 100", http100.stored / stateless.stored, "×", 20),
    atLeast("events/s beside the stateless design, sessions of 1,000", http1000.stored / stateless.stored, "×", 50),
    atMost("CPU beside the parse floor, HTTP, sessions of 100", http100.cpu / parse.cpu, "×", 12),
    atMost("CPU beside the parse floor, HTTP, sessions of 1,000", http1000.cpu / parse.cpu, "×", 5.5),
    atMost("CPU beside the parse floor, WebSocket, sessions of 1,000", ws1000.cpu / parse.cpu, "×", 4.5),
    atMost("CPU beside the bare raw-row object, sessions of 100", http100.cpu / bare100.cpu, "×", 3),
    atMost("CPU beside the bare raw-row object, sessions of 1,000", http1000.cpu / bare1000.cpu, "×", 2),
    atLeast("WebSocket beside HTTP, events/s, sessions of 1,000", ws1000.acked / http1000.acked, "×", 1.2),
    atMost("WebSocket beside HTTP, CPU, sessions of 1,000", ws1000.cpu / http1000.cpu, "×", 0.85),
    atLeast("D1 flush beside a plain batch(), rows/s at 100 rows", insertRatio(100), "×", 3),
    atLeast("D1 flush beside a plain batch(), rows/s at 500 rows", insertRatio(500), "×", 6),
    atMost("a million events, sessions of 100, 10 events a batch", dollars.batches.sessions, "$", 2.3),
    atMost("the same with identities and counters", dollars.batches.identities, "$", 2.6),
    atMost("the same with rollups and the roster too", dollars.batches.everything, "$", 2.9),
    atMost("a million events, sessions of 100, one small frame a second", dollars.frames.sessions, "$", 2.9),
    atMost(
      "CPU per event, 9,000th to 10,000th beside 900th to 1,000th of a session",
      cpuOf("9,000-10,000") / cpuOf("900-1,000"),
      "×",
      1.2,
    ),
    atMost(
      "p99 at a constant 1,000 events/s beside the bare object's",
      of("subject steady").p99 / of("bare steady").p99,
      "×",
      3,
    ),
    atMost("1,000 overdue sessions of 10 events after a restart", recovery.seconds, "s", 6),
  ];
}
