// Cloudflare's list prices (Workers Paid), what the plan includes each month, and which counted operations they bill.

/** What was counted, by part and name, `session:requests`: see workers/bill.ts. */
export type Counts = Record<string, number>;

interface Line {
  name: string;
  /** The unit of the price and of the allotment. */
  unit: string;
  /** Dollars a million units. */
  price: number;
  /** Units a month in the plan. */
  included: number;
  /** The units that are billed. */
  billed: (counts: Counts) => number;
}

/** An object is billed as if it had 128 MB. */
const OBJECT_GB = 0.125;

/** The sum of a count over all parts. */
export const of = (counts: Counts, name: string) =>
  Object.entries(counts).reduce((sum, [key, n]) => (key.endsWith(`:${name}`) ? sum + n : sum), 0);

/** The counts of some parts only. */
export const only = (counts: Counts, parts: readonly string[]) =>
  Object.fromEntries(Object.entries(counts).filter(([key]) => parts.includes(key.split(":", 1)[0] ?? "")));

export const LINES: readonly Line[] = [
  {
    name: "Worker requests",
    unit: "requests",
    price: 0.3,
    included: 10e6,
    billed: (c) => of(c, "requests"),
  },
  { name: "Worker CPU", unit: "ms", price: 0.02, included: 30e6, billed: (c) => of(c, "worker_cpu_ms") },
  {
    name: "Object requests (calls, alarms, socket messages / 20)",
    unit: "requests",
    price: 0.15,
    included: 1e6,
    billed: (c) => of(c, "object_calls") + of(c, "alarms") + of(c, "socket_messages") / 20,
  },
  {
    name: "Object active time",
    unit: "GB-s",
    price: 12.5,
    included: 400_000,
    billed: (c) => (of(c, "active_ms") / 1_000) * OBJECT_GB,
  },
  {
    name: "Object rows written",
    unit: "rows",
    price: 1,
    included: 50e6,
    billed: (c) => of(c, "object_rows_written"),
  },
  { name: "Object setAlarm", unit: "rows", price: 1, included: 0, billed: (c) => of(c, "set_alarms") },
  {
    name: "Object rows read",
    unit: "rows",
    price: 0.001,
    included: 25e9,
    billed: (c) => of(c, "object_rows_read"),
  },
  { name: "D1 rows written", unit: "rows", price: 1, included: 50e6, billed: (c) => of(c, "d1_rows_written") },
  { name: "D1 rows read", unit: "rows", price: 0.001, included: 25e9, billed: (c) => of(c, "d1_rows_read") },
  { name: "KV reads", unit: "reads", price: 0.5, included: 10e6, billed: (c) => of(c, "kv_reads") },
  { name: "KV writes", unit: "writes", price: 5, included: 1e6, billed: (c) => of(c, "kv_writes") },
  { name: "R2 class A (put, list)", unit: "operations", price: 4.5, included: 1e6, billed: (c) => of(c, "r2_class_a") },
  {
    name: "R2 class B (get, head)",
    unit: "operations",
    price: 0.36,
    included: 10e6,
    billed: (c) => of(c, "r2_class_b"),
  },
];

export function bill(counts: Counts) {
  const lines = LINES.map(({ billed, ...line }) => {
    const units = billed(counts);
    return { ...line, units, dollars: (units * line.price) / 1e6 };
  });
  return { lines, dollars: lines.reduce((total, line) => total + line.dollars, 0) };
}
