import { cleanAddress, cleanText } from "../privacy/address";
import type { Rules } from "../privacy/rules";
import { CAMPAIGN } from "./campaign";
import { FIELD_NAME_UNITS, URL_UNITS } from "./limits";
import { options } from "./options";
import { isForgetful, read, write } from "./storage";

/** Names of what visitors have filled in on this origin, newest first. */
const FIELDS_KEY = "pulsegate.fields";
const fields = (): string[] => (read(FIELDS_KEY) ?? "").split("\n");

/**
 * A form may put what was typed into the next page's address, and from there it gets into links: parameters of these
 * names do not leave any page from now on. Names only; a value is never read.
 */
export const rememberFields = (names: string[]): void =>
  write(FIELDS_KEY, [...new Set([...names, ...fields()])].join("\n").slice(0, FIELD_NAME_UNITS));

const rules: Rules = {
  get allow() {
    return options.allow?.match(/[^\s,]+/g) ?? [];
  },
  /** Where no names could be remembered, nothing but the campaign is known not to have been typed. */
  drops: (name) => (isForgetful() ? !CAMPAIGN.test(name) : fields().includes(name)),
};

/**
 * An address as the server takes it, of a page or an app, without secrets; undefined for `file:`, `mailto:` and the like. A
 * long one loses its query.
 */
export function cleanUrl(href: string): string | undefined {
  if (!/^(https?|android-app):/.test(href)) return;
  const url = cleanAddress(href, rules);
  return url.length > URL_UNITS ? url.replace(/[?#].*/, "").slice(0, URL_UNITS) : url;
}

/** What an event's data says under a name, without secrets. */
export const cleanValue = (name: string, value: unknown): unknown =>
  typeof value === "string" ? cleanText(value, rules, name) : value;

export const pageUrl = (): string => cleanUrl(location.href) ?? "";
