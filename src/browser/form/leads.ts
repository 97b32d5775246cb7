import { load } from "../load";
import { options } from "../options";
import type { Options } from "../public";

interface Leads {
  start(options: Options): void;
}

let isAsked = false;

/** Loads what shows and sends lead forms once the page has one; until then, and without it, a form works by itself. */
export function lookForLeads(): void {
  if (isAsked || !document.querySelector("[data-pulse-form],[data-pulse-lead]")) return;
  isAsked = true;
  load("lead", ({ start }: Leads) => start(options));
}
