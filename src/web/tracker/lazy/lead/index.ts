/** What a page with lead forms loads: it shows the forms that the site has defined, and sends those that stand there. */
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
  // Again when somebody turns to a form: they may have given their consent since.
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
