/** Whether a host is the domain or below it. Page and server both ask: hosts of one domain may share a visitor. */
export const isWithin = (domain: string, hostname: string): boolean =>
  hostname === domain || hostname.endsWith(`.${domain}`);
