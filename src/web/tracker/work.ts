const siteOf = (host: string): string => host.split(".").slice(-2).join(".");

/** Whether a request is part of the page's work: to the page's own site, and not to the tracker's endpoint. */
export const isWork = (url: string, endpoint: string): boolean =>
  !url.startsWith(endpoint) && siteOf(new URL(url).hostname) === siteOf(location.hostname);
