/**
 * The entry of `/form.js`: what happens in the page's forms, told to the tracker, whichever of the two loads first; and
 * the forms that bring leads.
 */
import { captureForms } from "./form/capture";
import { lookForLeads } from "./form/leads";
import { listen } from "./safe";

captureForms(lookForLeads);
lookForLeads();
listen("DOMContentLoaded", () => lookForLeads());
