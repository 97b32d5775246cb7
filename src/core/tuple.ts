/** Objects of a known shape as lists, without the names of their fields: for what is stored a million times. */

/** `Order`, if it names every key of `T`; a key that is missing is named in the compiler's message. */
type Whole<T, Order extends readonly string[]> = [Exclude<keyof T, Order[number]>] extends [never]
  ? Order
  : readonly ["missing", Exclude<keyof T, Order[number]>];

/** An empty object stands for a key that is missing, because no value is an empty object. */
const isAbsent = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

/** Leaves out the values at the end that are the usual ones. */
export function trimmed(values: readonly unknown[], usual: readonly unknown[]): unknown[] {
  const last = values.findLastIndex((value, i) => value !== usual[i]);
  return values.slice(0, last + 1);
}

/**
 * `order` names every key, in the order in which values are stored. Once values are stored by it, a new key goes to the end, and no
 * key changes its place.
 */
export function toTuple<T extends object, const Order extends readonly (keyof T & string)[]>(
  object: T,
  order: Order & Whole<T, Order>,
): unknown[] {
  const keys: readonly (keyof T & string)[] = order;
  const values = keys.map((key): unknown => object[key]);
  return trimmed(values, []).map((value) => (value === undefined ? {} : value));
}

/** The object that `toTuple` was given. The values are not checked, because `toTuple` wrote them. */
export function fromTuple<T extends object>(tuple: readonly unknown[], order: readonly (keyof T & string)[]): T {
  const object: Partial<Record<string, unknown>> = {};
  for (const [i, key] of order.entries()) {
    if (i < tuple.length && !isAbsent(tuple[i])) object[key] = tuple[i];
  }
  return object as T;
}
