import { load } from "../load";
import { options } from "../options";
import type { Options } from "../public";

interface Leads {
  start(options: Options): void;
}

const LEADS = "[data-pulse-form],[data-pulse-lead]";

let isAsked = false;

/** Loads lead.js, which shows and sends lead forms, once the page has one. Until then, and without it, a form works by itself. */
export function lookForLeads(part: Element = document.documentElement): void {
  if (isAsked || !(part.matches(LEADS) || part.querySelector(LEADS))) return;
  isAsked = true;
  load<Leads>("lead.js")
    .then(({ start }) => start(options))
    .catch(() => {});
}
