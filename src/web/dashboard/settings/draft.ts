import type { SiteSettings } from "../api/types";

/**
 * Settings as text for editing: lists with one item a line, other structures as JSON. Unknown settings are JSON too, so that saving
 * does not lose settings of a newer server.
 */
export type Draft = Record<string, string>;

export const LISTS = ["allowed_origins", "dashboard_origins", "allow"] as const;
export const CHOICES: Readonly<Record<string, readonly string[]>> = {
  default_consent: ["granted", "pending", "denied"],
  ip: ["masked", "hashed", "full"],
  trailing_slash: ["keep", "drop"],
  events: ["database", "archive"],
  kv: ["all", "notable"],
};

const isList = (name: string): boolean => (LISTS as readonly string[]).includes(name);
const isPlain = (name: string): boolean => Object.hasOwn(CHOICES, name);

/** Setting names in display order: known ones first. */
function namesOf(settings: SiteSettings): string[] {
  const known = [...LISTS, ...Object.keys(CHOICES)];
  const rest = Object.keys(settings).filter((name) => name !== "site" && !known.includes(name));
  return [...known.filter((name) => Object.hasOwn(settings, name)), ...rest];
}

export const isJson = (name: string): boolean => !isList(name) && !isPlain(name);

export function draftOf(settings: SiteSettings): Draft {
  const text = (name: string): string => {
    const value = settings[name];
    if (isList(name)) return Array.isArray(value) ? value.join("\n") : "";
    return isPlain(name) ? String(value) : JSON.stringify(value, null, 2);
  };
  return Object.fromEntries(namesOf(settings).map((name) => [name, text(name)]));
}

export type Read = { ok: true; settings: Record<string, unknown> } | { ok: false; faults: Record<string, string> };

/** The settings to save, or an error for each setting whose text is not valid JSON. */
export function readDraft(draft: Draft): Read {
  const faults: Record<string, string> = {};
  const settings: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(draft)) {
    if (isList(name)) settings[name] = text.split(/[\s,]+/).filter((line) => line !== "");
    else if (isPlain(name)) settings[name] = text;
    else {
      try {
        settings[name] = JSON.parse(text);
      } catch (error) {
        faults[name] = `is no JSON: ${error instanceof Error ? error.message : error}`;
      }
    }
  }
  return Object.keys(faults).length > 0 ? { ok: false, faults } : { ok: true, settings };
}

/** The server's errors by setting; `rest` has those that belong to no setting on screen. */
export function faultsOf(errors: readonly { path: string; message: string }[], draft: Draft) {
  const faults: Record<string, string> = {};
  const rest: string[] = [];
  for (const { path, message } of errors) {
    const [name = "", ...inside] = path.split(".");
    const text = inside.length > 0 ? `${inside.join(".")}: ${message}` : message;
    if (Object.hasOwn(draft, name)) faults[name] = faults[name] ? `${faults[name]}; ${text}` : text;
    else rest.push(`${path}: ${message}`);
  }
  return { faults, rest };
}
