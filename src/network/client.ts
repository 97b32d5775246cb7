/** What the edge knows of a connection, as classes and a token that means something only inside this session. */
export interface NetworkClasses {
  /** `a1` is the session's first address, `a2` its second, …; null without consent. */
  address: string | null;
  country: string | null;
  region: string | null;
  timezone: string | null;
  colo: string | null;
  protocol: string | null;
}

/** What the edge tells of the caller, its address already in the form that may be stored. */
export interface ClientNetwork extends Omit<NetworkClasses, "address"> {
  ip: string | null;
  asn: number | null;
}

/** `request.cf`, as far as it is used here; absent on a self-hosted runtime. */
interface Edge {
  asn?: unknown;
  country?: unknown;
  regionCode?: unknown;
  timezone?: unknown;
  colo?: unknown;
  httpProtocol?: unknown;
}

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value.slice(0, 64) : null);

export function clientNetwork(cf: unknown, storedAddress: string | null): ClientNetwork {
  const edge = (typeof cf === "object" && cf !== null ? cf : {}) as Edge;
  return {
    ip: storedAddress,
    asn: typeof edge.asn === "number" && edge.asn > 0 ? edge.asn : null,
    country: text(edge.country),
    region: text(edge.regionCode),
    timezone: text(edge.timezone),
    colo: text(edge.colo),
    protocol: text(edge.httpProtocol),
  };
}
