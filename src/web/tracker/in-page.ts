/** What the module is where there is a page: tracker and forms, started by `init`. */
import { api } from "./api";
import { captureForms } from "./form/capture";
import { lookForLeads } from "./form/leads";
import { FORMS, MARK, type Marked } from "./one";
import { options } from "./options";
import type { PulseGateApi } from "./public";
import { listen, safe } from "./safe";

const page = window as Marked;
/** A page has one tracker, whichever comes first: its tag's, or this. */
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
    // A lead form comes from where the options say, also where the tracker is the tag's.
    if (first !== api) Object.assign(options, given);
    watchForms();
  },
};
