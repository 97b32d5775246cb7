/**
 * The entry of `/form.js`. It tells the tracker what happens in the page's forms, whichever of the two loads first, and loads what
 * lead forms need.
 */
import { captureForms } from "./form/capture";
import { lookForLeads } from "./form/leads";
import { FORMS, type Marked } from "./one";
import { listen } from "./safe";

const page = window as Marked;

// `pulse.js` and the module contain this too. A page that loads two of them captures its forms once.
if (!page[FORMS]) {
  page[FORMS] = true;
  captureForms(lookForLeads);
  lookForLeads();
  listen("DOMContentLoaded", () => lookForLeads());
}
