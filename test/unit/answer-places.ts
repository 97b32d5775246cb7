import { expect, it } from "vitest";
import type * as z from "zod";

/** An answer by its name, and the places that may be absent from it. */
export type Answer = [name: string, schema: z.ZodType, answer: object, optional?: string[]];

type Path = (string | number)[];
const isBranch = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Every place of an answer, the inner ones too. */
const placesOf = (value: unknown, path: Path = []): Path[] => [
  ...(path.length > 0 ? [path] : []),
  ...(isBranch(value)
    ? Object.entries(value).flatMap(([name, one]) =>
        placesOf(one, [...path, Array.isArray(value) ? Number(name) : name]),
      )
    : []),
];

/** The answer with one place changed, or taken out where there is no new value. */
function changed(answer: object, path: Path, value?: unknown): unknown {
  const copy: unknown = structuredClone(answer);
  let at: unknown = copy;
  for (const name of path.slice(0, -1)) at = isBranch(at) ? at[name] : null;
  const last = path.at(-1) ?? "";
  if (isBranch(at)) {
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return copy;
}

const valueAt = (answer: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, name) => (isBranch(at) ? at[name] : undefined), answer);

/** Bags hold anything: what is in them is not said. */
const isFree = (path: Path): boolean =>
  path.some(
    (name, i) =>
      i > 0 && (path[i - 1] === "data" || path[i - 1] === "fields") && ["a", "source"].includes(String(name)),
  );

/**
 * What is published says what every answer holds: a field that a client may rely on is said to be there, and of its kind.
 */
export function holdAnswers(answers: Answer[]): void {
  it.each(answers)("that is %s is as it is said to be", (_, schema, answer) => {
    expect(schema.safeParse(answer).error?.issues ?? []).toEqual([]);
  });

  it.each(answers)("that is %s lacks nothing that is not said to be optional", (_, schema, answer, optional = []) => {
    for (const path of placesOf(answer)) {
      const name = path.join(".");
      if (typeof path.at(-1) === "number" || isFree(path) || /\.(counts|labels)\.[a-z]+$/.test(name)) continue;
      expect(schema.safeParse(changed(answer, path)).success, name).toBe(optional.includes(name));
    }
  });

  it.each(answers)("that is %s holds nothing of another kind", (_, schema, answer) => {
    for (const path of placesOf(answer)) {
      const name = path.join(".");
      if (isFree(path) || name === "other") continue;
      expect(schema.safeParse(changed(answer, path, Symbol.iterator)).success, name).toBe(false);
      if (typeof valueAt(answer, path) === "number") {
        expect(schema.safeParse(changed(answer, path, "7")).success, name).toBe(false);
      }
    }
  });
}
