import { describe, expect, it } from "vitest";
import type { NetworkClasses } from "../../src/core/network/classes";
import { newJudgement } from "../../src/core/scoring/ledger";
import { RULES } from "../../src/core/scoring/ruleset";
import { newState, type SessionState } from "../../src/core/session/fold/state";
import { newBehaviour } from "../../src/core/signals/behaviour";
import { counts, HOME } from "../support/log";

/** VPN and risk, rule by rule: one below what each asks for, and at it, with what it says. */

function said(id: string, change: Partial<SessionState>): string | null {
  const rule = RULES.find((one) => one.id === id);
  if (!rule) throw new Error(`there is no rule ${id}`);
  return rule.test({ ...newState(0), ...change })?.evidence ?? null;
}
const on = (more: Partial<NetworkClasses>) => ({ network: { ...HOME, ...more } });
const travel = (of: Partial<SessionState["travel"]>) => ({
  travel: { addresses: 0, networks: 0, countries: 0, ...of },
});
const seen = (of: Parameters<typeof counts>[0]) => ({
  identity: { fingerprint: counts(of), address: null, version: 1, forms: 0 },
});
const scored = (more: object) => {
  const judgement = newJudgement();
  return { judgement: { ...judgement, scores: { ...judgement.scores, ...more } } };
};

describe("a rule", () => {
  it.each<[string, Partial<SessionState>, string | null]>([
    ["vpn.timezone_near", on({ timezone_gap: 29 }), null],
    ["vpn.timezone_near", on({ timezone_gap: 30 }), "the browser's clock and the address's are 0.5 h apart"],
    ["vpn.timezone_near", on({ timezone_gap: 119 }), "the browser's clock and the address's are 2 h apart"],
    ["vpn.timezone_near", on({ timezone_gap: 120 }), null],
    ["vpn.timezone", on({ timezone_gap: 119 }), null],
    ["vpn.timezone", on({ timezone_gap: 120 }), "the browser's clock and the address's are 2 h apart"],
    ["vpn.timezone", on({ timezone_gap: 345 }), "the browser's clock and the address's are 5.8 h apart"],
    ["vpn.timezone", {}, null],
    ["vpn.round_trip", on({ rtt_ms: 139, rtt_excess_ms: 119 }), null],
    [
      "vpn.round_trip",
      on({ rtt_ms: 140, rtt_excess_ms: 120 }),
      "140 ms to the edge, 120 ms more than the distance explains",
    ],
    ["vpn.round_trip", on({ rtt_ms: 140, rtt_excess_ms: 120, asn_class: "mobile" }), null],
    ["vpn.round_trip", on({ rtt_ms: 140, rtt_excess_ms: null }), null],
    ["vpn.address_changes", travel({ addresses: 2, networks: 9, countries: 9 }), null],
    ["vpn.address_changes", travel({ addresses: 3 }), "the address changed 3 times"],
    ["vpn.network_changes", travel({ addresses: 9, networks: 2, countries: 9 }), null],
    ["vpn.network_changes", travel({ networks: 3 }), "the autonomous system changed 3 times"],
    ["vpn.country_changes", travel({ addresses: 9, networks: 9 }), null],
    ["vpn.country_changes", travel({ countries: 1 }), "the country changed 1 times"],
    ["vpn.many_addresses", seen({ addresses: 5, networks: 9 }), null],
    ["vpn.many_addresses", seen({ addresses: 6 }), "the fingerprint was on 6 addresses in 24 h"],
    ["vpn.many_networks", seen({ networks: 3, addresses: 9 }), null],
    ["vpn.many_networks", seen({ networks: 4 }), "the fingerprint was on 4 autonomous systems in 24 h"],
    ["vpn.many_countries", seen({ countries: 2, networks: 9 }), null],
    ["vpn.many_countries", seen({ countries: 3 }), "the fingerprint was in 3 countries in 24 h"],
    ["risk.vpn", scored({ vpn: 50 }), null],
    ["risk.vpn", scored({ vpn: 51 }), "the VPN score is 51"],
    ["risk.vpn_possible", scored({ vpn: 20 }), null],
    ["risk.vpn_possible", scored({ vpn: 21 }), "the VPN score is 21"],
    ["risk.vpn_possible", scored({ vpn: 50 }), "the VPN score is 50"],
    ["risk.vpn_possible", scored({ vpn: 51 }), null],
    ["risk.several_forms", seen({ forms: 2 }), null],
    ["risk.several_forms", seen({ forms: 3 }), "3 forms in 24 h from this fingerprint or address"],
    ["risk.several_forms", seen({ forms: 5 }), "5 forms in 24 h from this fingerprint or address"],
    ["risk.several_forms", seen({ forms: 6 }), null],
    ["risk.many_forms", seen({ forms: 5 }), null],
    ["risk.many_forms", seen({ forms: 6 }), "6 forms in 24 h from this fingerprint or address"],
    ["risk.several_forms", {}, null],
  ])("%s sees in %j: %j", (id, change, evidence) => {
    expect(said(id, change)).toBe(evidence);
  });
});

describe("the language asked for", () => {
  it.each<[string | null, string | null, string | null]>([
    ["de-AT", "DE", "AT"],
    ["pt-br", "PT", "BR"],
    ["de-DE", "DE", null],
    ["de-de", "DE", null],
    ["de", "AT", null],
    ["en-GB", "DE", null],
    ["es-MX", "DE", null],
    ["zh-Hant-TW", "DE", null],
    ["de-1996", "AT", null],
    ["x-DEU", "AT", null],
    [null, "AT", null],
    ["de-AT", null, null],
    ["de-AT", "T1", null],
    ["de-AT", "XX", null],
  ])("%j in %j names another country: %j", (language, country, region) => {
    const evidence = region === null ? null : `the language asked for is of ${region}, the address of ${country}`;
    expect(said("vpn.language", on({ language, country }))).toBe(evidence);
  });

  it("where there is no network names none", () => expect(said("vpn.language", {})).toBeNull());
});

describe("a submit", () => {
  const facts = { honeypot: false, disposable_email: false, no_session: false, submit_ms: null };
  const submittedAfter = (form: number | null, lead: number | null): Partial<SessionState> => ({
    behaviour: { ...newBehaviour(), submit_ms: form },
    lead: { ...facts, submit_ms: lead },
  });

  it.each<[number | null, number | null, string | null, string | null]>([
    [null, null, null, null],
    [0, null, "0.0", null],
    [4_999, 8_000, "5.0", null],
    [8_000, 2_100, "2.1", null],
    [null, 5_000, null, "5.0"],
    [9_999, null, null, "10.0"],
    [10_000, 60_000, null, null],
  ])("after %j ms by the page's form and %j ms by its lead", (form, lead, atOnce, soon) => {
    const sentence = (seconds: string | null) => seconds && `submitted ${seconds} s after the page opened`;
    expect(said("risk.submit_at_once", submittedAfter(form, lead))).toBe(sentence(atOnce));
    expect(said("risk.submit_soon", submittedAfter(form, lead))).toBe(sentence(soon));
  });

  it.each<[string, Partial<SessionState>, boolean]>([
    ["of a form", { behaviour: { ...newBehaviour(), submits: 1 }, ...scored({ engagement: 0 }) }, true],
    ["of a lead", { lead: facts, ...scored({ engagement: 0 }) }, true],
    ["of a lead without scores", { lead: facts }, true],
    ["with an engagement", { lead: facts, ...scored({ engagement: 1 }) }, false],
    ["that there was none of", scored({ engagement: 0 }), false],
  ])("%s is without engagement", (_, change, fires) => {
    expect(said("risk.no_engagement", change) !== null).toBe(fires);
  });
});
