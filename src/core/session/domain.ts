/** Whether a host is a domain's, or the domain itself. For the page and the server alike: hosts of one domain may share a visitor. */
export const isWithin = (domain: string, hostname: string): boolean =>
  hostname === domain || hostname.endsWith(`.${domain}`);
