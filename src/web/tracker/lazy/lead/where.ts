import type { Options } from "../../public";

/** The site of an element's leads: its own `data-pulse-site`, this tag's, or the tracker's if form.js has a tag without a site. */
export function siteOf(element: HTMLElement, { site }: Options): string {
  const tracker = document.querySelector<HTMLElement>('script[data-site][src*="/tracker.js"]');
  const named = site === "default" ? tracker?.dataset["site"] : undefined;
  return element.dataset["pulseSite"] ?? named ?? site;
}

export const leadUrl = (site: string, { endpoint }: Options): string =>
  `${endpoint}/lead?site=${encodeURIComponent(site)}`;

/** Whether a form's own address is the one that its lead is sent to anyway. */
export function isOurs(form: HTMLFormElement, { endpoint }: Options): boolean {
  // Read from the attribute, because a field may be called "action".
  const { origin, pathname } = new URL(form.getAttribute("action") ?? "", document.baseURI);
  return `${origin}${pathname}` === `${endpoint}/lead`;
}
