const siteOf = (host: string): string => host.split(".").slice(-2).join(".");

/** Browsers ask for a page's icon when it loads, and again when its address changes. */
const isIcon = (url: string): boolean =>
  /^[^?#]*\/favicon\.ico$/.test(url) ||
  [...document.querySelectorAll<HTMLLinkElement>('link[rel~="icon"]')].some(({ href }) => href === url);

/** Whether a request is the page's own work: it goes to the page's site, not to the tracker's endpoint, and is not for an icon. */
export const isWork = (url: string, endpoint: string): boolean =>
  !url.startsWith(endpoint) && !isIcon(url) && siteOf(new URL(url).hostname) === siteOf(location.hostname);
