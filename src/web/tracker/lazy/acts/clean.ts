import { cleanAddress, cleanText } from "../../../../core/privacy/address";
import { HIDDEN, type Rules } from "../../../../core/privacy/rules";
import { CAMPAIGN } from "../../campaign";
import type { FullKit } from "../../kit";
import { FIELD_NAME_UNITS, URL_UNITS } from "../../limits";
import { listen } from "../../safe";

/** Key for the names of fields that visitors typed into on this origin, newest first. */
const TYPED_KEY = "pulsegate.typed";
/** The key before 1.0. It is removed, because its names include hidden fields, and so a campaign's parameters. */
const OLD_KEY = "pulsegate.fields";

/** Fields that the page fills in, not the visitor. */
const HIDDEN_FIELD = /^(hidden|button|submit|reset|image|fieldset|output)$/;
/** A choice counts only in a form that also has a field to type in. A form without one, like a cart's, is about goods. */
const CHOSEN = /^(radio|checkbox|range|color|number|select-one|select-multiple)$/;
/** Field names that stand for goods. They are never remembered. */
const OF_GOODS = /^(id|variant|quantity|qty|sku|product|item)([_-]?id)?$/i;

/** An event type that is no free text. The server has the same rule. */
const SLUG = /^[\w.]+$/;

/** Cuts an address to the server's limit. A longer one loses query and fragment first. */
const cut = (url: string): string => (url.length > URL_UNITS ? url.replace(/[?#].*/, "").slice(0, URL_UNITS) : url);

/** Sets `plug.clean`, which removes secrets from what leaves the page. */
export function cleanTexts({ options, plug, read, write, memory, mayStore }: FullKit): void {
  const typed = (): string[] => (read(TYPED_KEY) ?? "").split("\n");
  const rules: Rules = {
    get allow() {
      return options.allow?.match(/[^\s,]+/g) ?? [];
    },
    /**
     * A form may put typed text into the next page's address, and from there into links. If names could not be stored, any
     * parameter but a campaign's may hold typed text.
     */
    drops: (name) => !CAMPAIGN.test(name) && (!mayStore() || memory.size > 0 || typed().includes(name)),
  };
  // Only names are read, never values.
  listen("formdata", ({ target, formData }) => {
    const fields = [...(target as HTMLFormElement).elements] as HTMLInputElement[];
    const isTyped = ({ type }: HTMLInputElement): boolean => !HIDDEN_FIELD.test(type) && !CHOSEN.test(type);
    const hasTyped = fields.some(isTyped);
    const isPrivate = (name: string): boolean => {
      const named = fields.filter((field) => field.name === name);
      if (OF_GOODS.test(name)) return false;
      // A name that belongs to no field may hold anything.
      return !named[0] || named.some((field) => isTyped(field) || (hasTyped && CHOSEN.test(field.type)));
    };
    const names = [...formData.keys()].filter(isPrivate);
    write(TYPED_KEY, [...new Set([...names, ...typed()])].join("\n").slice(0, FIELD_NAME_UNITS));
  });
  if (read(OLD_KEY)) write(OLD_KEY);
  plug.clean = (text, name) => {
    if (!name) return cut(cleanAddress(text, rules));
    if (name !== "event_type") return cleanText(text, rules, name);
    // The page chose a slug itself, so it stays, however long it is. If cleaning leaves nothing of a name, `HIDDEN` replaces it.
    return SLUG.test(text) ? text : cleanText(text, rules) || (text && HIDDEN);
  };
}
