import { DAY_MS, HOUR_MS } from "../../time";
import { SCORES } from "../scoring/ledger";
import { count, type Hours, hourOf, LOOK_BACK_HOURS, writeHours } from "./hours";
import { ROLLUP_TOP } from "./limits";
import {
  crowdsOf,
  DIMENSIONS,
  type Dimension,
  type Facts,
  isBot,
  LEAD_TOTALS,
  type LooseLead,
  NONE,
  valuesOf,
} from "./session-facts";
import {
  addSession,
  addSums,
  type Contribution,
  contributionOf,
  newSlice,
  type Slice,
  type StoredSlice,
  writeSlice,
} from "./slice";

/** Makes rollups from sessions, a period at a time. Sessions come in the order of their start. */

export interface HourRow extends StoredSlice {
  is_bot: 0 | 1;
  site: string;
}

export interface DayRow extends HourRow {
  /** Empty, with an empty value, on the row of all sessions. A row for a range of a score's bands has no parts. */
  dimension: Dimension | typeof NONE;
  value: string;
  /** JSON: the day's hours. */
  hours: string;
  /** JSON list, on the row of all sessions: the dimensions of which only the first hundred values have a row. */
  overflow: string | null;
}

export class HourBuilder {
  readonly #slices = new Map<string, { site: string; is_bot: 0 | 1; slice: Slice }>();

  add(facts: Facts): void {
    addSession(this.#slice(facts), contributionOf(facts));
  }

  addLead(lead: LooseLead): void {
    addSums(this.#slice(lead).totals, LEAD_TOTALS);
  }

  #slice(of: Pick<Facts, "site" | "label">): Slice {
    const is_bot = isBot(of) ? 1 : 0;
    const key = `${is_bot}${of.site}`;
    let entry = this.#slices.get(key);
    if (!entry) {
      entry = { site: of.site, is_bot, slice: newSlice() };
      this.#slices.set(key, entry);
    }
    return entry.slice;
  }

  rows(): HourRow[] {
    return [...this.#slices.values()].map(({ slice, ...row }) => ({ ...row, ...writeSlice(slice) }));
  }
}

type SeenAt = Map<string, number>;

interface ClassSlice {
  slice: Slice;
  hours: Hours;
  /** The last hour in which each visitor was here in this class, epoch ms. */
  seen: SeenAt;
}

interface DaySlice {
  site: string;
  dimension: DayRow["dimension"];
  value: string;
  /** People's, and bots'. */
  classes: [ClassSlice, ClassSlice];
  /** The last hour in which each visitor was here in either class, epoch ms. */
  seen: SeenAt;
  either: Map<number, Map<number, number>>;
}

const newClass = (): ClassSlice => ({ slice: newSlice(), hours: new Map(), seen: new Map() });

/**
 * Hours since the visitor's last hour: 0 if there was none within `LOOK_BACK_HOURS`, null if it is this very hour. Notes the visit
 * in `seen`.
 */
function gapOf(seen: SeenAt, visitor: string, hour: number): number | null {
  const last = seen.get(visitor);
  if (last === hour) return null;
  seen.set(visitor, hour);
  const gap = last === undefined ? 0 : (hour - last) / HOUR_MS;
  return gap > LOOK_BACK_HOURS ? 0 : gap;
}

export class DayBuilder {
  readonly #day: number;
  readonly #slices = new Map<string, DaySlice>();

  /** `day`: its start, UTC, epoch ms. */
  constructor(day: number) {
    this.#day = day;
  }

  /** Takes sessions from 25 hours before the day on. The earlier ones only tell who had been here before. */
  add(facts: Facts): void {
    const inDay = facts.started_at >= this.#day && facts.started_at < this.#day + DAY_MS;
    const contribution = inDay ? contributionOf(facts) : null;
    this.#addTo(this.#slice(facts.site, NONE, NONE), facts, contribution);
    for (const dimension of DIMENSIONS) {
      for (const value of valuesOf(facts, dimension)) {
        this.#addTo(this.#slice(facts.site, dimension, value), facts, contribution);
      }
    }
    const whole = contribution && { ...contribution, parts: [] };
    for (const score of SCORES) {
      for (const crowd of crowdsOf(facts, score)) this.#addTo(this.#slice(facts.site, score, crowd), facts, whole);
    }
  }

  /** Takes a loose lead that came in on this day. */
  addLead(lead: LooseLead): void {
    const { slice, hours } = this.#slice(lead.site, NONE, NONE).classes[isBot(lead) ? 1 : 0];
    addSums(slice.totals, LEAD_TOTALS);
    addSums(hourOf(hours, lead.at).sums, LEAD_TOTALS);
  }

  #slice(site: string, dimension: DayRow["dimension"], value: string): DaySlice {
    const key = `${site}\n${dimension}\n${value}`;
    let slice = this.#slices.get(key);
    if (!slice) {
      const classes: DaySlice["classes"] = [newClass(), newClass()];
      slice = { site, dimension, value, classes, seen: new Map(), either: new Map() };
      this.#slices.set(key, slice);
    }
    return slice;
  }

  #addTo(slice: DaySlice, facts: Facts, contribution: Contribution | null): void {
    this.#count(slice, facts, contribution !== null);
    if (!contribution) return;
    const { slice: sums, hours } = slice.classes[isBot(facts) ? 1 : 0];
    addSession(sums, contribution);
    addSums(hourOf(hours, facts.started_at).sums, contribution.totals);
  }

  /** Counts a session's visitor in its hour. */
  #count(slice: DaySlice, facts: Facts, inDay: boolean): void {
    const mine = slice.classes[isBot(facts) ? 1 : 0];
    const { visitor_id, started_at } = facts;
    const start = Math.floor(started_at / HOUR_MS) * HOUR_MS;
    const gap = visitor_id === null ? null : gapOf(mine.seen, visitor_id, start);
    const either = visitor_id === null ? null : gapOf(slice.seen, visitor_id, start);
    if (!inDay) return;
    const hour = hourOf(mine.hours, start);
    if (gap !== null) count(hour.gaps, gap);
    if (either === null) return;
    let gaps = slice.either.get(start);
    if (!gaps) {
      gaps = new Map();
      slice.either.set(start, gaps);
    }
    count(gaps, either);
  }

  rows(): DayRow[] {
    const kept = this.#kept();
    return [...this.#slices.values()]
      .filter((slice) => kept.get(groupOf(slice))?.has(slice.value))
      .flatMap((slice) => this.#rowsOf(slice, kept));
  }

  /** The values of each site's dimensions that get rows: the first hundred by sessions of both classes. */
  #kept(): Map<string, Set<string> & { overflow?: boolean }> {
    const groups = Map.groupBy(
      // Leave out the values of which only the day before has anything.
      [...this.#slices.values()].filter(({ classes }) => classes.some(({ hours }) => hours.size > 0)),
      groupOf,
    );
    const kept = new Map<string, Set<string> & { overflow?: boolean }>();
    for (const [group, slices] of groups) {
      slices.sort((a, b) => sessionsOf(b) - sessionsOf(a) || (a.value < b.value ? -1 : 1));
      const values = new Set(slices.slice(0, ROLLUP_TOP).map(({ value }) => value));
      kept.set(group, Object.assign(values, { overflow: slices.length > ROLLUP_TOP }));
    }
    return kept;
  }

  #rowsOf(slice: DaySlice, kept: Map<string, { overflow?: boolean }>): DayRow[] {
    const { site, dimension, value, classes } = slice;
    this.#noteBoth(slice);
    const over = DIMENSIONS.filter((one) => kept.get(groupOf({ site, dimension: one }))?.overflow);
    const overflow = dimension === NONE && over.length > 0 ? JSON.stringify(over) : null;
    return ([0, 1] as const).flatMap((is_bot) => {
      const { slice: sums, hours } = classes[is_bot];
      if (hours.size === 0) return [];
      return [{ dimension, value, is_bot, site, hours: writeHours(hours, this.#day), overflow, ...writeSlice(sums) }];
    });
  }

  /**
   * For visitors seen in both classes, the gaps of the two classes together are too many or too few. Notes the difference with the
   * bots.
   */
  #noteBoth({ classes: [people, bots], either }: DaySlice): void {
    for (const [start, gaps] of either) {
      const theirs = [people.hours.get(start)?.gaps, bots.hours.get(start)?.gaps];
      const all = new Set([...gaps.keys(), ...theirs.flatMap((known) => [...(known?.keys() ?? [])])]);
      for (const gap of all) {
        const difference = theirs.reduce((left, known) => left - (known?.get(gap) ?? 0), gaps.get(gap) ?? 0);
        if (difference !== 0) count(hourOf(bots.hours, start).both, gap, difference);
      }
    }
  }
}

const groupOf = ({ site, dimension }: Pick<DaySlice, "site" | "dimension">): string => `${site}\n${dimension}`;

const sessionsOf = ({ classes: [people, bots] }: DaySlice): number =>
  (people.slice.totals[0] ?? 0) + (bots.slice.totals[0] ?? 0);
