/**
 * Quick checks of bodies, before their schema. Workers allow no code generation, so zod runs without its JIT, and checking events
 * was the largest cost of a batch. What fails here goes to the schema, which judges and explains. Property tests compare the two.
 */

/** By field: whether the schema takes a value unchanged. */
export type Checks = Readonly<Record<string, (value: unknown) => boolean>>;

/** Whether the schema would take the object as it is: all `required` fields, no unknown ones, and each passes its check. */
export function isPlain(raw: unknown, checks: Checks, required: readonly string[]): boolean {
  if (typeof raw !== "object" || raw === null) return false;
  for (const name of required) if (!Object.hasOwn(raw, name)) return false;
  for (const [name, value] of Object.entries(raw)) {
    if (!Object.hasOwn(checks, name) || !checks[name]?.(value)) return false;
  }
  return true;
}

/** A number from `min` to `max`, or null or undefined. */
export const isNumber = (value: unknown, min: number, max: number): boolean =>
  value == null || (typeof value === "number" && value >= min && value <= max);

/** A text that `fits`, or null or undefined. */
export const isText = (value: unknown, fits: (text: string) => boolean): boolean =>
  value == null || (typeof value === "string" && fits(value));
