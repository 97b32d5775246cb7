import { MAX_ELEMENT_UNITS, MAX_ERROR_UNITS, MAX_URL_UNITS } from "../../limits";
import { cutName, freeName } from "../../protocol/event-name";
import type { NamedEvent } from "../../protocol/events";
import type { RecordedEvent } from "../../protocol/recording";
import type { Batch, EndPart, StartInput } from "../../protocol/track";
import { cleanAddress, cleanText } from "./address";
import { cleanMessage } from "./message";
import { HIDDEN, isAllowed, type Rules } from "./rules";

/** Cleans calls as the tracker does on a page, again, because anybody may send anything. Pure. */

export interface Parts {
  start?: StartInput | null;
  batch?: Batch | null;
  end?: EndPart | null;
}

/** A value, an escape, an email, 8 digits, a long word. Most texts have none of these and need no closer look. */
const SUSPICIOUS = /[=%@]|eyJ|\d(?:[^a-z]{0,4}\d){7}|[\w-]{20}/i;

/** rrweb's number: https://github.com/rrweb-io/rrweb/blob/main/packages/types/src/index.ts (`Meta`) */
const RECORDED_PAGE = 4;

/** Cuts an address to the limit again, because a placeholder may be longer than what it replaces. */
const cut = (url: string): string =>
  url.length > MAX_URL_UNITS ? url.replace(/[?#].*/s, "").slice(0, MAX_URL_UNITS) : url;

/** Base64 with slashes. Looked for in texts only, because addresses have slashes of their own. */
const BASE64 = /[\w+/-]{20}/;

function once(known: Map<string, string>, text: string, clean: () => string, also?: RegExp): string {
  let found = known.get(text);
  if (found === undefined) {
    found = SUSPICIOUS.test(text) || also?.test(text) ? clean() : text;
    known.set(text, found);
  }
  return found;
}

/** Changes one field of an event. */
type FieldCleaner = (cleaner: Cleaner, event: NamedEvent) => void;

/** How each field of an event is cleaned. Null: its schema lets nobody write words into it. A new field needs its line. */
const EVENT_FIELDS: Readonly<Record<keyof NamedEvent, FieldCleaner | null>> = {
  // Made again together with the name that it was made of.
  event_type: null,
  name: (cleaner, event) => cleaner.name(event),
  timestamp: null,
  page: (cleaner, event) => {
    if (event.page) event.page = cleaner.address(event.page);
  },
  x: null,
  y: null,
  element: (cleaner, event) => {
    if (event.element) event.element = cleaner.text(event.element).slice(0, MAX_ELEMENT_UNITS);
  },
  scroll_percent: null,
  data: (cleaner, event) => cleaner.data(event),
};

const EVENT_CLEANERS = Object.values(EVENT_FIELDS).filter((clean) => clean !== null);

/** Cleans one call. Its events repeat the same pages and elements, so each text is cleaned once and remembered. */
export class Cleaner {
  readonly #rules: Rules;
  readonly #addresses = new Map<string, string>();
  readonly #texts = new Map<string, string>();

  constructor(allow: readonly string[]) {
    this.#rules = { allow };
  }

  address(url: string): string {
    return once(this.#addresses, url, () => cut(cleanAddress(url, this.#rules)));
  }

  text(text: string, name = ""): string {
    if (isAllowed(name, this.#rules)) return cleanText(text, this.#rules, name);
    return once(this.#texts, text, () => cleanText(text, this.#rules), BASE64);
  }

  /** The same parts, changed where they hold a secret. */
  parts({ start, batch, end }: Parts): Parts {
    return {
      ...(start && { start: this.#start(start) }),
      ...(batch && { batch: this.#batch(batch) }),
      ...(end && { end: this.#end(end) }),
    };
  }

  #start(start: StartInput): StartInput {
    const { page, referrer } = start;
    return { ...start, page: this.address(page), ...(referrer && { referrer: this.address(referrer) }) };
  }

  #end(end: EndPart): EndPart {
    return end.exit_page ? { ...end, exit_page: this.address(end.exit_page) } : end;
  }

  #batch(batch: Batch): Batch {
    const { start, end } = batch;
    return {
      ...batch,
      ...(start && { start: this.#start(start) }),
      ...(end && { end: this.#end(end) }),
      events: batch.events.map((event) => event && this.#event(event)),
    };
  }

  /** Changes the event in place: it was parsed for this call alone, and a copy would cost more than the cleaning. */
  #event(event: NamedEvent): NamedEvent {
    for (const clean of EVENT_CLEANERS) clean(this, event);
    return event;
  }

  name(event: NamedEvent): void {
    const { name } = event;
    const shown = name === undefined ? undefined : this.text(name);
    // The slug was made of the secret too, so both are made again. A name that was only a secret is replaced whole.
    if (shown !== name) Object.assign(event, freeName(cutName(shown ?? "") || HIDDEN));
  }

  data({ event_type, data }: NamedEvent): void {
    // Traits are not cleaned: the visitor gave them on purpose.
    if (data && event_type !== "identify") this.#data(data, event_type === "error");
  }

  #data(data: Record<string, unknown>, isError: boolean): void {
    for (const name of Object.keys(data)) {
      const value = data[name];
      if (typeof value === "string") data[name] = this.#value(value, name, isError);
      else if (typeof value === "object" && value !== null) this.#inside(value, name, isError);
      const shown = this.text(name);
      if (shown === name) continue;
      data[shown] = data[name];
      delete data[name];
    }
  }

  #inside(value: object, name: string, isError: boolean): void {
    if (!Array.isArray(value)) {
      this.#data(value as Record<string, unknown>, isError);
      return;
    }
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (typeof item === "string") value[i] = this.#value(item, name, isError);
      else if (typeof item === "object" && item !== null) this.#inside(item, name, isError);
    }
  }

  /** An error's `source` is the address of a script. Its other texts may quote anything. */
  #value(text: string, name: string, isError: boolean): string {
    if (!isError || isAllowed(name, this.#rules)) return this.text(text, name);
    if (name === "source") return this.address(text.slice(0, MAX_URL_UNITS));
    return cleanMessage(text.slice(0, MAX_ERROR_UNITS), (url) => this.address(url));
  }
}

/** Cleans, in place, the page addresses in a recording. What the page shows was masked by its tracker. */
export function cleanRecorded(events: readonly RecordedEvent[], allow: readonly string[]): void {
  const cleaner = new Cleaner(allow);
  for (const { type, data } of events) {
    if (type === RECORDED_PAGE && typeof data["href"] === "string") data["href"] = cleaner.address(data["href"]);
  }
}
