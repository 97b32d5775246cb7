/** Objects of a known shape as lists, without their names: for what is stored a million times. */

/** The keys of a shape, all of them, in the order in which they are stored: a new one goes to the end. */
export type Places<T> = Record<keyof Required<T>, true>;

/** Stands for a key that the object does not have: no value is an empty object. */
const isAbsent = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

/** Without the last values as far as they are the usual ones. */
export function trimmed(values: readonly unknown[], usual: readonly unknown[]): unknown[] {
  const last = values.findLastIndex((value, i) => value !== usual[i]);
  return values.slice(0, last + 1);
}

export function toTuple<T extends object>(object: T, places: Places<T>): unknown[] {
  const values: Partial<Record<string, unknown>> = { ...object };
  return trimmed(
    Object.keys(places).map((key) => values[key]),
    [],
  ).map((value) => (value === undefined ? {} : value));
}

/** What `toTuple` was given. */
export function fromTuple<T extends object>(tuple: readonly unknown[], places: Places<T>): T {
  const object: Partial<Record<string, unknown>> = {};
  for (const [i, key] of Object.keys(places).entries()) {
    if (i < tuple.length && !isAbsent(tuple[i])) object[key] = tuple[i];
  }
  return object as T;
}
