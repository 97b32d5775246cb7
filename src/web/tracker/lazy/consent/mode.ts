import type { Consent } from "../../../../protocol/values";

/**
 * Google's consent mode: what a page has put into its data layer by `gtag("consent", "default" | "update", { … })`.
 * https://developers.google.com/tag-platform/security/guides/consent
 */
export interface Mode {
  /** `granted` or `denied`, by the signal's name. */
  defaults: Map<string, string>;
  updates: Map<string, string>;
  /** Signals that some region's default denies. */
  regional: Set<string>;
  /** Milliseconds that a default asks to wait for an update. Undefined before the first default. */
  wait: number | undefined;
}

export const newMode = (): Mode => ({
  defaults: new Map(),
  updates: new Map(),
  regional: new Set(),
  wait: undefined,
});

/** Takes an entry of the data layer. Most are about something else. If it is about consent, changes `mode` and returns true. */
export function hear(mode: Mode, entry: unknown): boolean {
  const { 0: what, 1: kind, 2: said } = Object(entry) as Record<number, unknown>;
  if (what !== "consent" || (kind !== "default" && kind !== "update")) return false;
  const { region, wait_for_update, ...signals } = Object(said) as Record<string, unknown>;
  if (kind === "default") mode.wait = Math.max(mode.wait ?? 0, Number(wait_for_update) || 0);
  for (const [name, value] of Object.entries(signals)) {
    if (value !== "granted" && value !== "denied") continue;
    if (kind === "update") mode.updates.set(name, value);
    else if (region === undefined) mode.defaults.set(name, value);
    // A page is not told where the visitor is. So what a default denies in any region counts as denied until there is an update.
    else if (value === "denied") mode.regional.add(name);
  }
  return true;
}

/**
 * The consent if all `signals` have to be granted. A default counts once the time for an update `isOver`; at once if it grants all
 * signals and asks for no time.
 */
export function modeState(mode: Mode, signals: readonly string[], isOver: boolean): Consent {
  const { defaults, updates, regional, wait } = mode;
  const values = signals.map((name) => updates.get(name) ?? (regional.has(name) ? "denied" : defaults.get(name)));
  const isUpdated = signals.every((name) => updates.has(name));
  if (!isUpdated && !isOver && (wait || values.includes("denied"))) return "pending";
  if (values.includes("denied")) return "denied";
  return values.every((value) => value === "granted") ? "granted" : "pending";
}

/** The signals that count: `analytics_storage`, and any others that the option names. */
export const signalsIn = (option: string): string[] => [
  ...new Set(["analytics_storage", ...(option.match(/\b[a-z]+_[a-z_]+\b/g) ?? [])]),
];
