import { asnClass } from "./asn";
import type { ClientNetwork } from "./classes";
import { excessRoundTrip } from "./distance";
import { readHeaders } from "./headers";

/** `request.cf`, as far as it is used here; absent on a self-hosted runtime. */
interface Edge {
  asn?: unknown;
  country?: unknown;
  regionCode?: unknown;
  timezone?: unknown;
  colo?: unknown;
  httpProtocol?: unknown;
  latitude?: unknown;
  longitude?: unknown;
  clientTcpRtt?: unknown;
  clientQuicRtt?: unknown;
  clientAcceptEncoding?: unknown;
  botManagement?: unknown;
  verifiedBotCategory?: unknown;
}

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value.slice(0, 64) : null);
/** A number, also from text, because the edge gives coordinates as text. */
const figure = (value: unknown): number | null => {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
};
const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** Turns a request into classes. Nothing else of its headers is passed on. */
export function clientNetwork(request: Request, storedAddress: string | null): ClientNetwork {
  const edge: Edge = record(request.cf);
  const bots = record(edge.botManagement);
  const asn = typeof edge.asn === "number" && edge.asn > 0 ? edge.asn : null;
  const { kind, provider } = asnClass(asn);
  const rtt = roundTrip(edge);
  const { findings, agent, isAgentless, language } = readHeaders(request, text(edge.clientAcceptEncoding));
  return {
    ip: storedAddress,
    asn,
    country: text(edge.country),
    region: text(edge.regionCode),
    timezone: text(edge.timezone),
    colo: text(edge.colo),
    protocol: text(edge.httpProtocol),
    edge: text(edge.country) !== null || asn !== null,
    asn_class: kind,
    provider,
    rtt_ms: rtt,
    rtt_excess_ms: excessRoundTrip(rtt, text(edge.colo), figure(edge.latitude), figure(edge.longitude)),
    bot_score: figure(bots["score"]),
    verified_bot: text(edge.verifiedBotCategory) ?? (bots["verifiedBot"] === true ? "verified" : null),
    headers: findings,
    agent,
    language,
    ...(isAgentless && { agentless: true }),
  };
}

/** The edge gives 0 for the protocol that was not used. */
function roundTrip({ clientTcpRtt, clientQuicRtt }: Edge): number | null {
  const measured = [figure(clientTcpRtt), figure(clientQuicRtt)].filter((ms) => ms !== null && ms > 0);
  return measured[0] ?? null;
}
