import { RECORD_BEGINNING_UNITS, RECORD_FOUND_UNITS, RECORD_PARTS } from "../../limits";

/**
 * Finds values in texts, however a page has written them there: in another case, with other signs between (a card's number in
 * groups), encoded, or only a beginning, because the rest was typed later. Pure, and linear in the text.
 */

/** Half-open: without `end`. */
export type Range = [start: number, end: number];

export interface Value {
  text: string;
  /** It is being typed, so any beginning of it was all of it a moment ago. */
  isNow: boolean;
}

/** The spellings of each value, kept for the next finder, because most values have not changed by then. */
export type Spelled = Map<string, string[]>;

/** The spellings of a text, which are remembered for the next finder: of as many values as a finder may have. */
function remembered(text: string, spelled: Spelled): string[] {
  const known = spelled.get(text) ?? spellings(text);
  if (spelled.size > RECORD_PARTS) spelled.clear();
  spelled.set(text, known);
  return known;
}

/** A value as it is compared, and how many of its units must be there. */
interface Wanted {
  text: string;
  least: number;
}

const NO_WORDS: Range[] = [
  [0x80, 0xbf],
  // Marks that are put on letters. A page may have removed them.
  [0x300, 0x36f],
  [0x2000, 0x206f],
  [0x3000, 0x303f],
  [0xfe00, 0xfe0f],
];

/** A unit of a lower-case text if it belongs to a word; 0 for signs and blanks. */
function wordUnit(unit: number): number {
  if (unit < 0x80) return (unit > 47 && unit < 58) || (unit > 96 && unit < 123) ? unit : 0;
  return NO_WORDS.some(([from, to]) => unit >= from && unit <= to) ? 0 : unit;
}

/** Lower case of the same length, so that positions in it are positions in the text. */
const lower = (text: string): string => text.replace(/İ/g, "I").toLowerCase();

/** The units of a text that are compared, and the position of each. */
function wordsOf(text: string): { units: number[]; at: number[] } {
  const units: number[] = [];
  const at: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = wordUnit(text.charCodeAt(i));
    if (unit === 0) continue;
    units.push(unit);
    at.push(i);
  }
  return { units, at };
}

const comparable = (text: string): string => String.fromCharCode(...wordsOf(lower(text)).units);
/** How a value is compared that is too short to be looked for inside other texts. */
const whole = (text: string): string => lower(text).trim();

/** The ways in which a page may write a value, as they are compared. */
function spellings(value: string): string[] {
  const text = value.trim();
  const escaped = text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign] ?? "&quot;");
  const encoded = encodeURIComponent(text.replace(/[\uD800-\uDFFF]/gu, ""));
  return [...new Set([text, text.toUpperCase(), text.normalize("NFD"), encoded, escaped].map(comparable))];
}

/** A number for four units, by which values are looked up. */
const keyOf = (unitAt: (i: number) => number): number =>
  ((unitAt(0) * 31 + unitAt(1)) * 31 + unitAt(2)) * 31 + unitAt(3);

export class Finder {
  readonly #byStart = new Map<number, Wanted[]>();
  /** Values that are mostly signs, such as a password of signs only. They are looked for as they are. */
  readonly #signs = new Set<string>();
  readonly #short = new Set<string>();
  /** What is being typed, while it is short, because a page may show each letter by itself. */
  #begun = "";
  /** Beginnings that were found in the page. The page may go on showing them when the value has grown. */
  readonly beginnings = new Set<string>();

  constructor(values: Iterable<Value>, spelled: Spelled = new Map()) {
    const known = new Set<string>();
    for (const { text, isNow } of values) {
      const short = whole(text);
      if (short && comparable(text).length < RECORD_FOUND_UNITS) {
        if (short.length < RECORD_FOUND_UNITS) this.#short.add(short);
        else this.#signs.add(short);
        if (isNow) this.#begun = short;
      }
      for (const spelling of remembered(text, spelled)) {
        if (spelling.length < RECORD_FOUND_UNITS || (known.has(spelling) && !isNow)) continue;
        known.add(spelling);
        const least = isNow ? RECORD_FOUND_UNITS : Math.min(spelling.length, RECORD_BEGINNING_UNITS);
        const key = keyOf((i) => spelling.charCodeAt(i));
        const wanted = this.#byStart.get(key) ?? [];
        wanted.push({ text: spelling, least });
        this.#byStart.set(key, wanted);
      }
    }
  }

  get isEmpty(): boolean {
    return this.#byStart.size + this.#short.size + this.#signs.size === 0;
  }

  /** Whether all of a text is a short value or, with `isText`, a part of what somebody has just begun to type. */
  isWhole(text: string, isText = true): boolean {
    const short = whole(text);
    return this.#short.has(short) || (isText && short !== "" && this.#begun.includes(short));
  }

  /** Where values are in a text: in order, without overlaps, and each up to the ends of its words. */
  find(text: string): Range[] {
    const found: Range[] = [];
    const low = lower(text);
    for (const signs of this.#signs) {
      for (let i = low.indexOf(signs); i >= 0; i = low.indexOf(signs, i + signs.length))
        found.push([i, i + signs.length]);
    }
    if (this.#byStart.size > 0) this.#findWords(low, found);
    return merge(found);
  }

  #findWords(text: string, found: Range[]): void {
    const { units, at } = wordsOf(text);
    for (let i = 0; i + RECORD_FOUND_UNITS <= units.length; i++) {
      const wanted = this.#byStart.get(keyOf((j) => units[i + j] ?? 0));
      const length = wanted ? this.#longest(wanted, units, i) : 0;
      if (length === 0) continue;
      let start = at[i] ?? 0;
      let end = (at[i + length - 1] ?? 0) + 1;
      while (wordUnit(text.charCodeAt(start - 1) || 0)) start--;
      while (wordUnit(text.charCodeAt(end) || 0)) end++;
      found.push([start, end]);
      // Another value may begin within the last letters of this one.
      i += length - RECORD_FOUND_UNITS;
    }
  }

  /** The length of the longest part of a value at `from`. 0 if no value has enough there. */
  #longest(wanted: Wanted[], units: number[], from: number): number {
    let longest = 0;
    for (const { text, least } of wanted) {
      let length = 0;
      while (length < text.length && units[from + length] === text.charCodeAt(length)) length++;
      if (length < least) continue;
      longest = Math.max(longest, length);
      if (length < Math.min(text.length, RECORD_BEGINNING_UNITS)) this.beginnings.add(text.slice(0, length));
    }
    return longest;
  }
}

function merge(ranges: Range[]): Range[] {
  const merged: Range[] = [];
  for (const [start, end] of ranges.sort(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}
