// Whether two answers say the same: promise P6 of ARCHITECTURE.md.
import { isDeepStrictEqual } from "node:util";

/** How many standard errors an estimate of different visitors may be off. */
const ERRORS = 4;

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Null if they are equal, else where they differ first. Different visitors over a long span are an estimate that says its
 * error: within it they are equal to the count.
 */
export function difference(rolled: unknown, straight: unknown, path = ""): string | null {
  if (Array.isArray(rolled) && Array.isArray(straight)) {
    if (rolled.length !== straight.length) return `${path}: ${rolled.length} and ${straight.length} rows`;
    return first(rolled.map((row, i) => difference(row, straight[i], `${path}[${i}]`)));
  }
  if (!isObject(rolled) || !isObject(straight)) {
    return isDeepStrictEqual(rolled, straight)
      ? null
      : `${path}: ${JSON.stringify(rolled)}, ${JSON.stringify(straight)}`;
  }
  const names = [...new Set([...Object.keys(rolled), ...Object.keys(straight)])];
  const error = Number(rolled.visitors_error ?? 0);
  return first(
    names.map((name) => {
      if (error > 0 && name === "visitors_error") return null;
      if (error > 0 && name === "visitors") return estimate(Number(rolled.visitors), Number(straight.visitors), error);
      return difference(rolled[name], straight[name], `${path}.${name}`);
    }),
  );
}

function estimate(rolled: number, straight: number, error: number) {
  const off = Math.abs(rolled - straight);
  return off <= Math.max(1, ERRORS * error * straight) ? null : `visitors: ${rolled} estimated of ${straight}`;
}

const first = (found: (string | null)[]) => found.find((one) => one !== null) ?? null;
