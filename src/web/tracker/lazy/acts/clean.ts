import { cleanAddress, cleanText } from "../../../../core/privacy/address";
import { HIDDEN, type Rules } from "../../../../core/privacy/rules";
import { CAMPAIGN } from "../../campaign";
import type { FullKit } from "../../kit";
import { FIELD_NAME_UNITS, URL_UNITS } from "../../limits";
import { listen } from "../../safe";

/** Names of what visitors have typed into on this origin, newest first. */
const TYPED_KEY = "pulsegate.typed";
/** Until 1.0 names of hidden fields were among them, and a campaign's with those. */
const OLD_KEY = "pulsegate.fields";

/** The page has filled these in, and not its visitor. */
const HIDDEN_FIELD = /^(hidden|button|submit|reset|image|fieldset|output)$/;
/** A choice is remembered only in a form that has a field to type in, too: one without, a cart's, is about goods. */
const CHOSEN = /^(radio|checkbox|range|color|number|select-one|select-multiple)$/;
/** Names of goods are remembered in no form. */
const OF_GOODS = /^(id|variant|quantity|qty|sku|product|item)([_-]?id)?$/i;

/** A type of event that is no free text, as the server tells them apart. */
const SLUG = /^[\w.]+$/;

/** As long as the server takes an address: a longer one loses its query. */
const cut = (url: string): string => (url.length > URL_UNITS ? url.replace(/[?#].*/, "").slice(0, URL_UNITS) : url);

/** Cleans what leaves the page. */
export function cleanTexts({ options, plug, read, write, memory, mayStore }: FullKit): void {
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
    const fields = [...(target as HTMLFormElement).elements] as HTMLInputElement[];
    const isTyped = ({ type }: HTMLInputElement): boolean => !HIDDEN_FIELD.test(type) && !CHOSEN.test(type);
    const hasTyped = fields.some(isTyped);
    const isPrivate = (name: string): boolean => {
      const named = fields.filter((field) => field.name === name);
      if (OF_GOODS.test(name)) return false;
      // What a form has no field for may be anything.
      return !named[0] || named.some((field) => isTyped(field) || (hasTyped && CHOSEN.test(field.type)));
    };
    const names = [...formData.keys()].filter(isPrivate);
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
