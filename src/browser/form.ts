/**
 * The entry of `/form.js`: what happens in the page's forms, told to the tracker, whichever of the two loads first; and
 * the forms that bring leads.
 */
import { captureForms } from "./form/capture";
import { lookForLeads } from "./form/leads";
import { listen } from "./safe";

const MARK = Symbol.for("pulsegate.forms");
const page = window as { [MARK]?: true };

// `pulse.js` brings this too: a page that has both captures its forms once.
if (!page[MARK]) {
  page[MARK] = true;
  captureForms(lookForLeads);
  lookForLeads();
  listen("DOMContentLoaded", () => lookForLeads());
}
