import { hashText } from "../../protocol/hash";

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

/** A visitor's place, the same in every sketch. It is worked out once for all sketches that a session belongs to. */
export interface SketchPlace {
  index: number;
  rank: number;
}

export function placeIn(visitor: string): SketchPlace {
  const [a, b] = hashText(visitor);
  return { index: a >>> (32 - INDEX_BITS), rank: Math.clz32(b) + 1 };
}

export const addPlace = (sketch: Sketch, { index, rank }: SketchPlace): void => raise(sketch, index, rank);

function raise(sketch: Sketch, index: number, rank: number): void {
  if (rank > (sketch[index] ?? 0)) sketch[index] = rank;
}

export const addToSketch = (sketch: Sketch, visitor: string): void => addPlace(sketch, placeIn(visitor));

/** Changes `into`. */
export function mergeSketch(into: Sketch, from: Sketch): void {
  for (let i = 0; i < REGISTERS; i++) raise(into, i, from[i] ?? 0);
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
/** The first character of a packed text. The other two forms are digits alone. */
const PACKED = ".";
/** In a packed text: what follows is a register written out, as in a sparse text. */
const WHOLE = "~";
/** A packed digit says which of the next 8 registers it is, and which of 8 ranks it has. */
const GAPS = 8;
const RANKS = 8;

/**
 * A sketch as text, in the shortest of three forms: a digit for each register; three digits (index, rank) for each register that is
 * not empty; or packed, with one digit for most of those. D1 hands out texts, so their length is what a question costs.
 */
export function writeSketch(sketch: Sketch): string {
  let sparse = "";
  let packed = PACKED;
  let next = 0;
  for (let i = 0; i < REGISTERS; i++) {
    const rank = sketch[i] ?? 0;
    if (rank === 0) continue;
    const whole = `${DIGITS[i >> 6]}${DIGITS[i & 63]}${DIGITS[rank]}`;
    const gap = i - next;
    sparse += whole;
    packed += gap < GAPS && rank <= RANKS ? DIGITS[gap * RANKS + rank - 1] : WHOLE + whole;
    next = i + 1;
  }
  const shortest = packed.length < sparse.length ? packed : sparse;
  return shortest.length < REGISTERS ? shortest : Array.from(sketch, (one) => DIGITS[one]).join("");
}

const VALUES = new Uint8Array(128);
for (let i = 0; i < DIGITS.length; i++) VALUES[DIGITS.charCodeAt(i)] = i;

const valueAt = (text: string, i: number): number => VALUES[text.charCodeAt(i)] ?? 0;

/** Merges a written sketch. Changes `into`. */
export function mergeWritten(into: Sketch, text: string): void {
  if (text[0] === PACKED) mergePacked(into, text);
  else if (text.length === REGISTERS) for (let i = 0; i < REGISTERS; i++) raise(into, i, valueAt(text, i));
  else for (let i = 0; i < text.length; i += 3) raise(into, indexAt(text, i), valueAt(text, i + 2));
}

const indexAt = (text: string, i: number): number => valueAt(text, i) * 64 + valueAt(text, i + 1);

function mergePacked(into: Sketch, text: string): void {
  let next = 0;
  for (let i = 1; i < text.length; i++) {
    if (text[i] === WHOLE) {
      next = indexAt(text, i + 1);
      raise(into, next, valueAt(text, i + 3));
      i += 3;
    } else {
      const digit = valueAt(text, i);
      next += Math.floor(digit / RANKS);
      raise(into, next, (digit % RANKS) + 1);
    }
    next += 1;
  }
}
