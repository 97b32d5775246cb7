/** The module in a page: tracker and forms, started by `init`. */
import { api } from "./api";
import { captureForms } from "./form/capture";
import { lookForLeads } from "./form/leads";
import { FORMS, MARK, type Marked } from "./one";
import { options } from "./options";
import type { PulseGateApi } from "./public";
import { listen, safe } from "./safe";

const page = window as Marked;
/** A page has one tracker: the tag's or this one, whichever came first. */
const first = page[MARK] ?? api;
page[MARK] = first;

const watchForms = safe(() => {
  if (page[FORMS]) return;
  page[FORMS] = true;
  captureForms(lookForLeads, first.track);
  lookForLeads();
  listen("DOMContentLoaded", () => lookForLeads());
});

export const inPage: PulseGateApi = {
  ...first,
  init(given) {
    first.init(given);
    // If the tag's tracker is used, its `init` has not set the options here, and lead forms need the endpoint.
    if (first !== api) Object.assign(options, given);
    watchForms();
  },
};
