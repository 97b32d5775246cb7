// The numbers of a run as tables of text.

import type { Target } from "../scripts/lib/target.ts";
import type { Measured } from "./lib/measure.ts";
import { figure } from "./lib/stats.ts";
import { bill, type Counts } from "./prices.ts";

export function table(head: string[], rows: string[][]) {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  const line = (row: string[]) =>
    row.map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))).join("  ");
  return [line(head), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}

export function loadTable(medians: Record<string, Measured>) {
  const rows = Object.entries(medians).map(([key, m]) => [
    key,
    ...[m.acked, m.stored, m.p50, m.p95, m.p99, m.cpu, m.peak, m.client, m.dropped].map(figure),
  ]);
  const units = ["acked/s", "stored/s", "p50 ms", "p95", "p99", "CPU-s/100k", "peak MB", "client cores", "dropped"];
  return table(["who, transport, batch of session", ...units], rows);
}

/** Where the CPU of an event goes: parsing, a durable raw row, the two stores, and what is the project's own. */
export function floorTable(medians: Record<string, Measured>) {
  const parse = medians["parse http 20 of 1000"]?.cpu ?? Number.NaN;
  const rows = ["100", "1000"].map((length) => {
    const cpu = (who: string) => medians[`${who} http 20 of ${length}`]?.cpu ?? Number.NaN;
    const of = (who: string) => figure(cpu(who) / parse);
    return [length, of("bare"), of("written"), of("subject"), figure(cpu("subject") / cpu("written"))];
  });
  const head = ["CPU beside the parse floor, HTTP, events a session", "bare", "bare + D1 + R2", "project"];
  return table([...head, "project beside bare + D1 + R2"], rows);
}

/** @param counts Per session. */
export function billTable(name: string, counts: Counts, length: number) {
  const perMillion = Object.fromEntries(Object.entries(counts).map(([key, n]) => [key, (n / length) * 1e6]));
  const { lines, dollars } = bill(perMillion);
  const rows = lines.map(({ name: line, unit, units, price, included, dollars: cost }) => [
    line,
    figure((units * length) / 1e6),
    figure(units),
    `$${price}/M ${unit}`,
    included > 0 ? figure(included) : "with the above",
    cost.toFixed(3),
  ]);
  const head = [name, "a session", "a million events", "list price", "plan includes a month", "$"];
  return table(head, [...rows, ["Together", "", "", "", "", dollars.toFixed(2)]]);
}

export function targetTable(targets: Target[]) {
  return table(
    ["target", "measured", "goal", "holds"],
    targets.map(({ name, value, unit, goal, holds }) => [name, `${figure(value)} ${unit}`, goal, holds ? "yes" : "NO"]),
  );
}
