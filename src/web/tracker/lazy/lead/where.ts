import type { Options } from "../../public";

/** The site an element's leads are for: its own word, the tag's, or the tracker's where form.js has a tag of its own. */
export function siteOf(element: HTMLElement, { site }: Options): string {
  const tracker = document.querySelector<HTMLElement>('script[data-site][src*="/tracker.js"]');
  const named = site === "default" ? tracker?.dataset["site"] : undefined;
  return element.dataset["pulseSite"] ?? named ?? site;
}

export const leadUrl = (site: string, { endpoint }: Options): string =>
  `${endpoint}/lead?site=${encodeURIComponent(site)}`;

/** Whether a form's own address is where its lead is sent anyway. */
export function isOurs(form: HTMLFormElement, { endpoint }: Options): boolean {
  // From the attribute: a field may be called "action".
  const { origin, pathname } = new URL(form.getAttribute("action") ?? "", document.baseURI);
  return `${origin}${pathname}` === `${endpoint}/lead`;
}
