/**
 * Forms are what one version of this code writes and another may read: rows, snapshots, what a socket keeps, calls between actors.
 * Each carries its version as `v`.
 */

/** A form that is not checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a field has a value that the code can work with. */
export type Check = (value: unknown) => boolean;

export type Shape<T> = Readonly<Partial<Record<keyof T & string, Check>>>;

/** Makes the next version's fields of one version's. `v` is set by the reader. */
type Migration = (old: Fields) => Fields;

export interface StoredForm<T extends object> {
  /** What the form is called; errors begin with it. */
  name: string;
  /** The version that this code writes. Raise it with every change of shape, and add a migration. */
  version: number;
  /** The fields that are checked. Fields with a visitor's words are checked where they come in, not here. */
  shape: Shape<T>;
  /**
   * Migrations by the version that they start from. One stays as long as something of that version may be stored: a day for a
   * session's own forms, 90 days for rows and objects. What was written before the form had a `v` is version 0.
   */
  migrations?: Readonly<Record<number, Migration>>;
}

/** A form that this code cannot read. The message names fields, and never shows what is in them. */
export class FormError extends Error {
  override name = "FormError";
}

/** The reader of a form. It throws a `FormError` for a newer version, for one too old, and for another shape. */
export function formReader<T extends object>({
  name,
  version,
  shape,
  migrations = {},
}: StoredForm<T>): (value: unknown) => T {
  const checks = Object.entries<Check | undefined>(shape);
  return (value) => {
    if (!isFields(value)) throw new FormError(`${name} is no object`);
    const fields = value.v === version ? value : migrated(name, version, migrations, value);
    for (const [field, check] of checks) {
      if (check && !check(fields[field])) throw new FormError(`${name}: ${field} has an unknown shape`);
    }
    return fields as T;
  };
}

/** A migration that leaves the fields as they were. */
export const unchanged: Migration = (old) => old;

/** For a form that is stored as JSON text. */
export function readText<T>(read: (value: unknown) => T, text: string): T {
  return read(JSON.parse(text));
}

function migrated(name: string, version: number, migrations: StoredForm<object>["migrations"], value: Fields): Fields {
  const v = value.v === undefined && migrations?.[0] ? 0 : value.v;
  if (typeof v !== "number") throw new FormError(`${name} has no version`);
  if (v > version) throw new FormError(`${name}: version ${v} is newer than this code, which reads ${version}`);
  let fields = value;
  for (let from = v; from < version; from++) {
    const migrate = migrations?.[from];
    if (!migrate) throw new FormError(`${name}: version ${v} is too old for this code, which reads ${version}`);
    fields = { ...migrate(fields), v: from + 1 };
  }
  return fields;
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isText: Check = (value) => typeof value === "string";
export const isNumber: Check = (value) => typeof value === "number";
export const isFlag: Check = (value) => typeof value === "boolean";
export const isList: Check = (value) => Array.isArray(value);

export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

export const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

export const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

/** Passes an object whose named fields pass. Its other fields are not checked. */
export function shaped<T extends object>(shape: Shape<T>): Check {
  const checks = Object.entries<Check | undefined>(shape);
  return (value) => isFields(value) && checks.every(([field, check]) => !check || check(value[field]));
}
