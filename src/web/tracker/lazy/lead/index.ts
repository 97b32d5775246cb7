/** lead.js, for pages with lead forms. It shows forms that the site has defined, and sends those that are in the page already. */
import type { Options } from "../../public";
import { listen, safe } from "../../safe";
import { enhanceForms } from "./enhance";
import { render } from "./render";
import { makeVisitor } from "./visit";

export function start(options: Options): void {
  const shown = new WeakSet<Element>();
  const look = safe(() => {
    for (const place of document.querySelectorAll<HTMLElement>("[data-pulse-form]")) {
      if (shown.has(place)) continue;
      shown.add(place);
      void render(place, options);
    }
  });
  // Again when somebody enters a form, because they may have consented since.
  listen("focusin", () => void makeVisitor());
  void makeVisitor();
  enhanceForms(options);
  look();
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributeFilter: ["data-pulse-form"],
  });
}
