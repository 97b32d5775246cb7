import { cleanAddress, cleanText } from "../../../privacy/address";
import { HIDDEN, type Rules } from "../../../privacy/rules";
import { CAMPAIGN } from "../../campaign";
import type { Kit } from "../../kit";
import { FIELD_NAME_UNITS, URL_UNITS } from "../../limits";
import { listen } from "../../safe";

/** Names of what visitors have typed into on this origin, newest first. */
const TYPED_KEY = "pulsegate.typed";
/** Until 1.0 names of hidden fields were among them, and a campaign's with those. */
const OLD_KEY = "pulsegate.fields";

/** What is chosen or hidden is the page's own word, and a text at most; what a form has no field for may be anything. */
const NOT_TYPED =
  /^(hidden|radio|checkbox|range|color|select-one|select-multiple|button|submit|reset|image|fieldset|output)$/;

/** A type of event that is no free text, as the server tells them apart. */
const SLUG = /^[\w.]+$/;

/** As long as the server takes an address: a longer one loses its query. */
const cut = (url: string): string => (url.length > URL_UNITS ? url.replace(/[?#].*/, "").slice(0, URL_UNITS) : url);

/** Cleans what leaves the page. */
export function cleanTexts({ options, plug, read, write, memory, mayStore }: Kit): void {
  const typed = (): string[] => (read(TYPED_KEY) ?? "").split("\n");
  const rules: Rules = {
    get allow() {
      return options.allow?.match(/[^\s,]+/g) ?? [];
    },
    /**
     * A form may put what was typed into the next page's address, and from there it gets into links. Where no names could be
     * remembered, nothing but the campaign is known not to have been typed.
     */
    drops: (name) => !CAMPAIGN.test(name) && (!mayStore() || memory.size > 0 || typed().includes(name)),
  };
  // Names only; a value is never read.
  listen("formdata", ({ target, formData }) => {
    const fields = [...((target as HTMLFormElement).elements as unknown as Iterable<HTMLInputElement>)];
    const isTyped = (name: string): boolean => {
      const named = fields.filter((field) => field.name === name);
      return !named[0] || named.some(({ type }) => !NOT_TYPED.test(type));
    };
    const names = [...formData.keys()].filter(isTyped);
    write(TYPED_KEY, [...new Set([...names, ...typed()])].join("\n").slice(0, FIELD_NAME_UNITS));
  });
  if (read(OLD_KEY)) write(OLD_KEY);
  plug.clean = (text, name) => {
    if (!name) return cut(cleanAddress(text, rules));
    if (name !== "event_type") return cleanText(text, rules, name);
    // A slug is the page's own word, however long; a name that is nothing but a secret goes whole.
    return SLUG.test(text) ? text : cleanText(text, rules) || (text && HIDDEN);
  };
}
