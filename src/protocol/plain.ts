/**
 * Checks of bodies said without their schema: Workers allow no code generation, so zod runs without its JIT, and checking
 * events was the largest single cost of a batch. What fails here is zod's to judge and to explain; property tests hold
 * the two together.
 */

/** For each field of a body whether a value passes the schema unchanged; undefined for a field it does not know. */
export type Checks = Readonly<Record<string, (value: unknown) => boolean>>;

/** Whether the schema would take an object as it is: `required` fields there, no unknown one, each passing its check. */
export function isPlain(raw: unknown, checks: Checks, required: readonly string[]): boolean {
  if (typeof raw !== "object" || raw === null) return false;
  for (const name of required) if (!Object.hasOwn(raw, name)) return false;
  for (const [name, value] of Object.entries(raw)) {
    if (!Object.hasOwn(checks, name) || !checks[name]?.(value)) return false;
  }
  return true;
}

/** A number from `min` to `max`, or nothing. */
export const isNumber = (value: unknown, min: number, max: number): boolean =>
  value == null || (typeof value === "number" && value >= min && value <= max);

/** A text that `fits`, or nothing. */
export const isText = (value: unknown, fits: (text: string) => boolean): boolean =>
  value == null || (typeof value === "string" && fits(value));
