/**
 * The entry of `/form.js`: what happens in the page's forms, told to the tracker, whichever of the two loads first; and
 * the forms that bring leads.
 */
import { captureForms } from "./form/capture";
import { lookForLeads } from "./form/leads";
import { FORMS, type Marked } from "./one";
import { listen } from "./safe";

const page = window as Marked;

// `pulse.js` brings this too, and so does the module: a page that has two of them captures its forms once.
if (!page[FORMS]) {
  page[FORMS] = true;
  captureForms(lookForLeads);
  lookForLeads();
  listen("DOMContentLoaded", () => lookForLeads());
}
