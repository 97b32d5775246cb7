import { headerOf } from "../../protocol/header";
import { type Agent, agentOf, agentText } from "./agent";
import type { HeaderFinding } from "./classes";

/** The first Chrome that sends Sec-Fetch-* with every request to a secure origin, and the first with client hints. */
const CHROME_WITH_FETCH_METADATA = 80;
const CHROME_WITH_HINTS = 90;

export interface HeaderClasses {
  /** Null where the headers are not the visitor's. */
  findings: HeaderFinding[] | null;
  agent: Agent | null;
  /** There was no `User-Agent` or a blank one, whether a page or a server sent the request. */
  isAgentless: boolean;
  /** The language asked for first, e.g. `de-AT`. */
  language: string | null;
}

/** The HTTP clients of servers. Such an agent carries a visitor's events, and is not the visitor. */
const SERVER_CLIENT =
  /^(?:curl|wget|node|undici|node-fetch|axios|got|deno|bun|python|python-requests|aiohttp|httpx|go-http-client|okhttp|java|apache-httpclient|ruby|php|guzzlehttp|postmanruntime|insomnia)\b/i;

/**
 * Looks at a request's headers. A call with no `Origin` comes from a server (outside development it needs a key), so what its
 * headers leave out says nothing of the visitor. `acceptEncoding`: what the client asked for, if the edge has replaced the header.
 * A WebSocket's handshake has neither fetch metadata nor client hints, and plain http has neither.
 */
export function readHeaders(request: Pick<Request, "headers" | "url">, acceptEncoding: string | null): HeaderClasses {
  const { headers, url } = request;
  const text = agentText(headerOf(headers, "User-Agent"));
  if (!headers.has("Origin")) {
    const isServer = text === null || SERVER_CLIENT.test(text);
    return { findings: null, agent: isServer ? null : agentOf(text), isAgentless: text === null, language: null };
  }
  const agent = agentOf(text);
  const findings: HeaderFinding[] = [];
  if (text === null) findings.push("no_user_agent");
  if (!headerOf(headers, "Accept-Language")) findings.push("no_accept_language");
  if (!/\bgzip\b/i.test(acceptEncoding ?? headerOf(headers, "Accept-Encoding") ?? "")) findings.push("no_gzip");
  const isUpgrade = headerOf(headers, "Upgrade") !== null;
  if (!isUpgrade && isTrustworthy(url) && isModernChrome(agent, CHROME_WITH_FETCH_METADATA)) {
    if (!headerOf(headers, "Sec-Fetch-Site") && !headerOf(headers, "Sec-Fetch-Mode")) findings.push("no_sec_fetch");
  }
  const hints = headerOf(headers, "Sec-CH-UA");
  if (hints) findings.push(...hintFindings(hints, agent));
  return { findings, agent, isAgentless: text === null, language: languageOf(headerOf(headers, "Accept-Language")) };
}

/** Where browsers send fetch metadata: https, and this machine. */
const isTrustworthy = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
};

const isModernChrome = (agent: Agent | null, from: number): boolean =>
  agent?.browser === "chrome" && agent.os !== "ios" && (agent.major ?? 0) >= from;

/** `"Chromium";v="140", "Not=A?Brand";v="24"` against the user agent. */
function hintFindings(hints: string, agent: Agent | null): HeaderFinding[] {
  if (/headless/i.test(hints)) return ["hints_headless"];
  const major = Number(/"(?:Google Chrome|Chromium)";\s*v="(\d+)/.exec(hints)?.[1] ?? Number.NaN);
  const differs = isModernChrome(agent, CHROME_WITH_HINTS) && !Number.isNaN(major) && major !== agent?.major;
  return differs ? ["hints_differ"] : [];
}

function languageOf(text: string | null): string | null {
  const first = /^\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)/.exec(text ?? "")?.[1];
  return first?.slice(0, 16) ?? null;
}
