import { HOUR_MS } from "../../time";

/** An alert may fire again once its condition was over, but not within this time of its last firing. */
export const ALERT_COOLDOWN_MS = 6 * HOUR_MS;
/**
 * A silence is an alert only if each of the weeks before had at least this many leads: with ten expected, none at all has odds of 1
 * in 22,000.
 */
const ALERT_EXPECTED_LEADS = 10;

/** Pure. Decides which conditions are worth an alert, and which fired recently enough. */

export type AlertKind =
  | "no_leads"
  | "dead_letters"
  | "endpoint_failing"
  | "flush_stuck"
  | "budget_spending"
  | "database_filling";

/** A condition that holds now. `key` tells the cases of one kind apart, such as the endpoint. */
export interface Condition {
  kind: AlertKind;
  key: string;
  /** Numbers and names for the alert's reader; no personal data. */
  detail: Record<string, string | number | null>;
}

/** What is remembered of one case that fired. */
interface SaidAlert {
  /** Whether the condition held at the last look. */
  active: boolean;
  fired_at: number;
}

export type Memory = Record<string, SaidAlert>;

export const caseOf = ({ kind, key }: Condition): string => (key === "" ? kind : `${kind}:${key}`);

/**
 * Picks the conditions that fire: those that did not hold at the last look and did not fire within the cooldown. `looked` names the
 * kinds that could be checked now. A case of any other kind is not taken for over.
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
    // Forget a case that is over and past its cooldown.
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

/** A site's leads: the time of the last one (epoch ms), and how many came in the same stretch of each of the weeks before. */
export interface Silence {
  last_at: number | null;
  before: readonly number[];
}

/**
 * Whether a site that usually gets leads is silent: no lead for `minimum` ms, and at least ten leads in the same stretch of each of
 * the weeks before. The stretch runs from the last lead to now. It grows until it is long enough to tell: minutes on a busy site by
 * day, never on a site that gets a lead a day.
 */
export const isSilent = ({ last_at, before }: Silence, minimum: number, now: number): boolean =>
  last_at !== null &&
  now - last_at >= minimum &&
  before.length > 0 &&
  before.every((count) => count >= ALERT_EXPECTED_LEADS);
