import { HOUR_MS } from "../../time";

/** An alert that has fired fires again after it was over, and not within this time. */
export const ALERT_COOLDOWN_MS = 6 * HOUR_MS;
/** and wants at least this many in each of them: with ten expected, none at all has odds of 1 in 22,000. */
const ALERT_EXPECTED_LEADS = 10;

/** Pure: what is worth an alert, and when it was said often enough. */

export type AlertKind =
  | "no_leads"
  | "dead_letters"
  | "endpoint_failing"
  | "flush_stuck"
  | "budget_spending"
  | "database_filling";

/** Something that holds now. `key` tells one case of a kind from another: the endpoint, say. */
export interface Condition {
  kind: AlertKind;
  key: string;
  /** Numbers and names for whoever reads it; no personal data. */
  detail: Record<string, string | number | null>;
}

/** What was said of one case. */
interface SaidAlert {
  /** It held when last looked at. */
  active: boolean;
  fired_at: number;
}

export type Memory = Record<string, SaidAlert>;

export const caseOf = ({ kind, key }: Condition): string => (key === "" ? kind : `${kind}:${key}`);

/**
 * Which conditions are news: those that did not hold before, and were not said within the cooldown. `looked` names the
 * kinds that could be looked at: of the others it is not known whether they are over.
 */
export function news(
  memory: Memory,
  conditions: readonly Condition[],
  looked: readonly AlertKind[],
  now: number,
): { fire: Condition[]; memory: Memory } {
  const holding = new Map(conditions.map((condition) => [caseOf(condition), condition]));
  const next: Memory = {};
  for (const [name, said] of Object.entries(memory)) {
    const isOver = !holding.has(name) && looked.some((kind) => name === kind || name.startsWith(`${kind}:`));
    // What is over and cold need not be remembered.
    if (!isOver || said.fired_at + ALERT_COOLDOWN_MS > now) next[name] = isOver ? { ...said, active: false } : said;
  }
  const fire = [...holding].flatMap(([name, condition]) => {
    const said = next[name];
    if (said && (said.active || said.fired_at + ALERT_COOLDOWN_MS > now)) return [];
    next[name] = { active: true, fired_at: now };
    return [condition];
  });
  return { fire, memory: next };
}

/** Leads of a site: when the last one came, and how many came in the same stretch of each of the weeks before. */
export interface Silence {
  last_at: number | null;
  before: readonly number[];
}

/**
 * Whether a site is silent that usually is not: nothing for `minimum` ms, and in the same stretch of the week (from the
 * last lead's time to now) at least ten leads in each of the weeks before. The stretch grows until it is long enough to
 * say something: minutes on a busy site by day, never on one that gets a lead a day.
 */
export const isSilent = ({ last_at, before }: Silence, minimum: number, now: number): boolean =>
  last_at !== null &&
  now - last_at >= minimum &&
  before.length > 0 &&
  before.every((count) => count >= ALERT_EXPECTED_LEADS);
