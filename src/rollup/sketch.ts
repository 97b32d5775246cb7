/**
 * A HyperLogLog: how many different visitors, kept as 4,096 registers that name none of them. Sketches merge by the
 * higher register. Flajolet et al., "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm"
 * (2007), with linear counting while many registers are empty.
 */
export type Sketch = Uint8Array;

const INDEX_BITS = 12;
const REGISTERS = 2 ** INDEX_BITS;

/** Standard error of an estimate: 1.04 / √4096. */
export const SKETCH_ERROR = 0.01625;

export const newSketch = (): Sketch => new Uint8Array(REGISTERS);

/** Two independent 32-bit hashes of a text: MurmurHash3's mixing over its UTF-16 units. */
function hash(text: string): [number, number] {
  let a = 0x9747b28c;
  let b = 0x3c6ef372;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x85ebca6b);
    b = Math.imul(b ^ unit, 0xc2b2ae35);
    a ^= a >>> 13;
    b ^= b >>> 16;
  }
  return [mix(a ^ text.length), mix(b ^ Math.imul(text.length, 0x27d4eb2f))];
}

function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Where a visitor is in any sketch: worked out once for all those that a session belongs to. */
export interface Place {
  index: number;
  rank: number;
}

export function placeIn(visitor: string): Place {
  const [a, b] = hash(visitor);
  return { index: a >>> (32 - INDEX_BITS), rank: Math.clz32(b) + 1 };
}

export function addPlace(sketch: Sketch, { index, rank }: Place): void {
  if (rank > (sketch[index] ?? 0)) sketch[index] = rank;
}

export const addToSketch = (sketch: Sketch, visitor: string): void => addPlace(sketch, placeIn(visitor));

/** Changes `into`. */
export function mergeSketch(into: Sketch, from: Sketch): void {
  for (let i = 0; i < REGISTERS; i++) if ((from[i] ?? 0) > (into[i] ?? 0)) into[i] = from[i] ?? 0;
}

/** The estimate, a whole number. */
export function countSketch(sketch: Sketch): number {
  let sum = 0;
  let empty = 0;
  for (const rank of sketch) {
    sum += 2 ** -rank;
    if (rank === 0) empty += 1;
  }
  const raw = (0.7213 / (1 + 1.079 / REGISTERS)) * (REGISTERS * REGISTERS) * (1 / sum);
  const isSparse = raw <= 2.5 * REGISTERS && empty > 0;
  return Math.round(isSparse ? REGISTERS * Math.log(REGISTERS / empty) : raw);
}

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

/** As text: a digit a register; or, while that is shorter, three digits a register that is not empty. */
export function writeSketch(sketch: Sketch): string {
  let sparse = "";
  for (let i = 0; i < REGISTERS; i++) {
    const rank = sketch[i] ?? 0;
    if (rank === 0) continue;
    sparse += `${DIGITS[i >> 6]}${DIGITS[i & 63]}${DIGITS[rank]}`;
    if (sparse.length >= REGISTERS) return Array.from(sketch, (one) => DIGITS[one]).join("");
  }
  return sparse;
}

const VALUES = new Uint8Array(128);
for (let i = 0; i < DIGITS.length; i++) VALUES[DIGITS.charCodeAt(i)] = i;

const valueAt = (text: string, i: number): number => VALUES[text.charCodeAt(i)] ?? 0;

/** Merges a written sketch. Changes `into`. */
export function mergeWritten(into: Sketch, text: string): void {
  const isDense = text.length === REGISTERS;
  const step = isDense ? 1 : 3;
  for (let i = 0; i < text.length; i += step) {
    const index = isDense ? i : valueAt(text, i) * 64 + valueAt(text, i + 1);
    const rank = valueAt(text, isDense ? i : i + 2);
    if (rank > (into[index] ?? 0)) into[index] = rank;
  }
}
