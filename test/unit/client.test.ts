import { describe, expect, it } from "vitest";
import { clientNetwork } from "../../src/core/network/client";
import { NO_AGENT } from "../support/log";

const HEADERS = {
  Origin: "https://shop.example",
  "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
  "Accept-Language": "de-DE",
};

/** A home in Berlin. */
const BERLIN = {
  asn: 3320,
  country: "DE",
  regionCode: "BE",
  timezone: "Europe/Berlin",
  colo: "FRA",
  httpProtocol: "HTTP/3",
  latitude: "52.52",
  longitude: "13.4",
  clientTcpRtt: 0,
  clientQuicRtt: 20,
  clientAcceptEncoding: "gzip, br",
};

/** As the edge hands it on, which may be anything. */
function read(cf?: Record<string, unknown>) {
  const request = new Request("https://pulse.example/track", { headers: HEADERS });
  return clientNetwork(Object.defineProperty(request, "cf", { value: cf }), "203.0.113.0/24");
}

const berlin = (more: Record<string, unknown>) => read({ ...BERLIN, ...more });

describe("what the edge tells of a caller", () => {
  it("becomes classes and tokens", () => {
    expect(read(BERLIN)).toEqual({
      ip: "203.0.113.0/24",
      asn: 3320,
      country: "DE",
      region: "BE",
      timezone: "Europe/Berlin",
      colo: "FRA",
      protocol: "HTTP/3",
      edge: true,
      asn_class: "residential",
      provider: null,
      rtt_ms: 20,
      rtt_excess_ms: 0,
      bot_score: null,
      verified_bot: null,
      headers: [],
      language: "de-DE",
      agent: { ...NO_AGENT, browser: "firefox", major: 143, os: "linux", device: "desktop" },
    });
  });

  it("is nothing where there is no edge", () => {
    const nothing = {
      asn: null,
      country: null,
      region: null,
      timezone: null,
      colo: null,
      protocol: null,
      edge: false,
      asn_class: null,
      provider: null,
      rtt_ms: null,
      rtt_excess_ms: null,
      bot_score: null,
      verified_bot: null,
      headers: ["no_gzip"],
    };
    expect(read(undefined)).toMatchObject(nothing);
    expect(read({})).toMatchObject(nothing);
  });

  it("says where there was no user agent at all, with an origin or without", () => {
    const agentless = (headers: HeadersInit) => {
      const request = new Request("https://pulse.example/track", { headers });
      return clientNetwork(request, null).agentless;
    };
    expect(agentless({ Origin: "https://shop.example" })).toBe(true);
    expect(agentless({})).toBe(true);
    expect(agentless({ "User-Agent": "curl/8.5.0" })).toBeUndefined();
    expect(agentless(HEADERS)).toBeUndefined();
  });

  it("is there with a country or with a network", () => {
    expect(read({ country: "DE" })).toMatchObject({ edge: true, country: "DE", asn: null });
    expect(read({ asn: 1 })).toMatchObject({ edge: true, country: null, asn: 1 });
  });

  it.each([["3320"], [0], [-1], [null], [undefined]])("has no network by the number %j", (asn) => {
    expect(berlin({ asn })).toMatchObject({ asn: null, asn_class: null });
  });

  it.each([[""], [5], [null], [{}]])("has no text where it says %j", (value) => {
    const texts = { country: value, regionCode: value, timezone: value, colo: value, httpProtocol: value };
    expect(berlin(texts)).toMatchObject({ country: null, region: null, timezone: null, colo: null, protocol: null });
  });

  it("is cut to 64 characters", () => {
    expect(berlin({ timezone: "z".repeat(65) }).timezone).toBe("z".repeat(64));
  });
});

describe("the round trip", () => {
  it.each([
    [{ clientTcpRtt: 30, clientQuicRtt: 0 }, 30],
    [{ clientTcpRtt: 0, clientQuicRtt: 40 }, 40],
    [{ clientTcpRtt: 1, clientQuicRtt: 40 }, 1],
    [{ clientTcpRtt: undefined, clientQuicRtt: 40 }, 40],
    [{ clientTcpRtt: 0, clientQuicRtt: 0 }, null],
    [{ clientTcpRtt: -1, clientQuicRtt: undefined }, null],
    [{ clientTcpRtt: Number.NaN, clientQuicRtt: Number.POSITIVE_INFINITY }, null],
  ])("of %j is that of the protocol that was spoken: %j", (edge, ms) => {
    expect(berlin(edge).rtt_ms).toBe(ms);
  });

  it("beyond what the distance explains needs the place, as numbers or as text", () => {
    const slow = { clientQuicRtt: 500, latitude: "50", longitude: "9" };
    expect(berlin(slow).rtt_excess_ms).toBe(470);
    expect(berlin({ ...slow, latitude: 50, longitude: 9 }).rtt_excess_ms).toBe(470);
    for (const unknown of ["", "north", null, undefined, {}, Number.NaN]) {
      expect(berlin({ ...slow, latitude: unknown }).rtt_excess_ms).toBeNull();
      expect(berlin({ ...slow, longitude: unknown }).rtt_excess_ms).toBeNull();
    }
    expect(berlin({ ...slow, colo: undefined }).rtt_excess_ms).toBeNull();
  });
});

describe("the edge's opinion of bots", () => {
  it.each([
    [{ botManagement: { score: 7 } }, 7, null],
    [{ botManagement: { score: "7", verifiedBot: true } }, 7, "verified"],
    [{ botManagement: { score: 99, verifiedBot: false } }, 99, null],
    [{ botManagement: { verifiedBot: "true" } }, null, null],
    [
      { botManagement: { verifiedBot: true }, verifiedBotCategory: "Search Engine Crawler" },
      null,
      "Search Engine Crawler",
    ],
    [{ verifiedBotCategory: "" }, null, null],
    [{ botManagement: null }, null, null],
    [{ botManagement: "score" }, null, null],
  ])("%j is score %j and verified as %j", (edge, score, verified) => {
    expect(berlin(edge)).toMatchObject({ bot_score: score, verified_bot: verified });
  });
});
