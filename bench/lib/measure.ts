// One cell of a round: drives a server, waits until it is idle, and returns what that took.
import { closedLoop, type Driven, type Shape } from "../load/drive.ts";
import { cores, cpuSeconds, machineCpuSeconds, memory, quiet, resetPeak } from "./process.ts";
import type { Server } from "./server.ts";
import { quantile } from "./stats.ts";

/** A cell counts as disturbed when other work took more than this share of the machine. */
const DISTURBED = 0.1;

export interface Measured {
  events: number;
  /** Events a second, until the last ack. */
  acked: number;
  /** Events a second, until everything is in its stores. */
  stored: number;
  p50: number;
  p95: number;
  p99: number;
  /** CPU-seconds of the server's processes for 100,000 events, flushes included. */
  cpu: number;
  /** Peak memory of the server's processes, MB. */
  peak: number;
  /** CPU of the client, share of a core. */
  client: number;
  /** Connections the server ended before a reply. */
  dropped: number;
  /** CPU that neither the server nor the client used, share of the machine. */
  others: number;
}

export async function measure(server: Server, drive: () => Promise<Driven>): Promise<Measured> {
  const { pids } = server;
  await quiet(pids);
  resetPeak(pids);
  const before = { cpu: cpuSeconds(pids), machine: machineCpuSeconds(), client: process.cpuUsage() };
  const began = performance.now();
  const { events, seconds, latencies, dropped } = await drive();
  const usage = process.cpuUsage(before.client);
  const done = await quiet(pids);
  const took = (done.at - began) / 1_000;
  const wall = (performance.now() - began) / 1_000;
  const client = process.cpuUsage(before.client);
  const cpu = done.cpu - before.cpu;
  const clientSeconds = (client.user + client.system) / 1e6;
  const others = machineCpuSeconds() - before.machine - cpu - clientSeconds;
  return {
    events,
    acked: events / seconds,
    stored: events / Math.max(took, seconds),
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
    p99: quantile(latencies, 0.99),
    cpu: (cpu / events) * 100_000,
    peak: memory(pids, "VmHWM"),
    dropped,
    client: (usage.user + usage.system) / 1e6 / seconds,
    others: Math.max(0, others) / wall / cores,
  };
}

export const isDisturbed = (measured: Measured) => measured.others > DISTURBED;

export const measureClosed = (server: Server, shape: Shape, events: number) =>
  measure(server, () => closedLoop(server.port, shape, Math.max(1, Math.round(events / shape.length))));
