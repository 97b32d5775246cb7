import type { Consent } from "../../../../protocol/fields";

/**
 * Google's consent mode: what a page has put into its data layer by `gtag("consent", "default" | "update", { … })`.
 * https://developers.google.com/tag-platform/security/guides/consent
 */
export interface Mode {
  /** `granted` or `denied` by signal. */
  defaults: Map<string, string>;
  updates: Map<string, string>;
  /** Signals that some region's default denies. */
  regional: Set<string>;
  /** Milliseconds that a default asks to wait for an update; undefined before the first default. */
  wait: number | undefined;
}

export const newMode = (): Mode => ({
  defaults: new Map(),
  updates: new Map(),
  regional: new Set(),
  wait: undefined,
});

/** Takes an entry of the data layer, of which most are about something else. Changes `mode`; true where it did. */
export function hear(mode: Mode, entry: unknown): boolean {
  const { 0: what, 1: kind, 2: said } = Object(entry) as Record<number, unknown>;
  if (what !== "consent" || (kind !== "default" && kind !== "update")) return false;
  const { region, wait_for_update, ...signals } = Object(said) as Record<string, unknown>;
  if (kind === "default") mode.wait = Math.max(mode.wait ?? 0, Number(wait_for_update) || 0);
  for (const [name, value] of Object.entries(signals)) {
    if (value !== "granted" && value !== "denied") continue;
    if (kind === "update") mode.updates.set(name, value);
    else if (region === undefined) mode.defaults.set(name, value);
    // Where the visitor is, a page is not told: what is denied in some region is denied, until there is an update.
    else if (value === "denied") mode.regional.add(name);
  }
  return true;
}

/**
 * What it comes to, where all `signals` have to be granted. A default holds once the time for an update `isOver`; one that grants
 * all and asks for no time, at once.
 */
export function modeState(mode: Mode, signals: readonly string[], isOver: boolean): Consent {
  const { defaults, updates, regional, wait } = mode;
  const values = signals.map((name) => updates.get(name) ?? (regional.has(name) ? "denied" : defaults.get(name)));
  const isUpdated = signals.every((name) => updates.has(name));
  if (!isUpdated && !isOver && (wait || values.includes("denied"))) return "pending";
  if (values.includes("denied")) return "denied";
  return values.every((value) => value === "granted") ? "granted" : "pending";
}

/** Which signals count: `analytics_storage`, and others where the option names them. */
export const signalsIn = (option: string): string[] => [
  ...new Set(["analytics_storage", ...(option.match(/\b[a-z]+_[a-z_]+\b/g) ?? [])]),
];
