const siteOf = (host: string): string => host.split(".").slice(-2).join(".");

/** Whether a request is one of the page's own work: to the page's own site, and not the tracker's. */
export const isWork = (url: string, endpoint: string): boolean =>
  !url.startsWith(endpoint) && siteOf(new URL(url).hostname) === siteOf(location.hostname);
