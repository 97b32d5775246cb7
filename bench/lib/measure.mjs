// @ts-check
// One cell of a round: drives a server, waits until it has nothing left to do, and says what that took.
import { closedLoop } from "../load/drive.mjs";
import { cores, cpuSeconds, machineCpuSeconds, memory, quiet, resetPeak } from "./process.mjs";
import { quantile } from "./stats.mjs";

/** Other work on the machine above this share of it is noted. */
const DISTURBED = 0.1;

/**
 * @typedef {object} Measured
 * @property {number} events
 * @property {number} acked  Events a second, until the last ack.
 * @property {number} stored  Events a second, until everything is written wherever it has to be.
 * @property {number} p50
 * @property {number} p95
 * @property {number} p99
 * @property {number} cpu  CPU-seconds of the server's processes for 100,000 events, flushes included.
 * @property {number} peak  MB.
 * @property {number} client  CPU of the client, share of a core.
 * @property {number} dropped  Connections the server ended before a reply.
 * @property {number} others  CPU that neither used, share of the machine.
 */

/**
 * @param {import("./server.mjs").Server} server
 * @param {() => Promise<import("../load/drive.mjs").Driven>} drive
 * @returns {Promise<Measured>}
 */
export async function measure(server, drive) {
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

/** @param {Measured} measured */
export const isDisturbed = (measured) => measured.others > DISTURBED;

/**
 * @param {import("./server.mjs").Server} server
 * @param {import("../load/drive.mjs").Shape} shape
 * @param {number} events
 */
export const measureClosed = (server, shape, events) =>
  measure(server, () => closedLoop(server.port, shape, Math.max(1, Math.round(events / shape.length))));
