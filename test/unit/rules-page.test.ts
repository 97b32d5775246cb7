import { describe, expect, it } from "vitest";
import page from "../../docs/rules.md?raw";
import { rulesPage } from "../../src/core/scoring/rules-page";
import { RULES, RULES_VERSION, ruleSet } from "../../src/core/scoring/ruleset";

describe("the page of the rules", () => {
  it("is what the rules say: run npm run docs:rules", () => expect(page).toBe(rulesPage()));

  it("has each rule's points, class, source and an example", () => {
    for (const { id, points, class: kind, source, example } of RULES) {
      const line = page.split("\n").find((one) => one.startsWith(`| \`${id}\` |`)) ?? "";
      expect(line).toContain(`| ${points} | ${kind}`);
      for (const text of [source, example]) expect(line).toContain(text);
      expect(example).toMatch(/\w/);
    }
  });
});

/** Sessions are stored that began with these rules. */
const IDS_OF_VERSION_1 = `
  bot.agent bot.agent_differs bot.agent_missing bot.click_cadence bot.click_velocity bot.edge_certain bot.edge_likely
  bot.even_speed bot.form_speed bot.hints_differ bot.hints_headless bot.hosting bot.no_accept_language bot.no_agent
  bot.no_chrome_object bot.no_gzip bot.no_movement bot.no_plugins bot.no_sec_fetch bot.odd_screen bot.scroll_cadence
  bot.scroll_without_input bot.shared_address bot.software_renderer bot.steady_rhythm bot.straight_paths bot.teleporting
  bot.untrusted_clicks bot.velocity bot.verified bot.webdriver bot.zero_outer_size engagement.clicks engagement.duration
  engagement.returns engagement.scroll risk.bot risk.disposable_email risk.honeypot risk.many_forms risk.no_engagement
  risk.no_session risk.several_forms risk.submit_at_once risk.submit_soon risk.vpn risk.vpn_possible vpn.address_changes
  vpn.corporate_network vpn.country_changes vpn.hosting_network vpn.language vpn.many_addresses vpn.many_countries
  vpn.many_networks vpn.network_changes vpn.relay_network vpn.round_trip vpn.timezone vpn.timezone_near vpn.tor
  vpn.vpn_network`
  .trim()
  .split(/\s+/);

describe("the rules", () => {
  it("of a version that sessions began with stay: a new rule has a version of its own", () => {
    expect(
      ruleSet(1)
        .rules.map(({ id }) => id)
        .sort(),
    ).toEqual(IDS_OF_VERSION_1);
  });

  it("have names of their own in each version, points of 1 to 100, and a case somebody can understand", () => {
    for (let version = 0; version <= RULES_VERSION; version++) {
      const ids = ruleSet(version).rules.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
    for (const { id, score, points, version, until } of RULES) {
      expect(id.startsWith(`${score}.`), id).toBe(true);
      expect(points).toBeGreaterThanOrEqual(1);
      expect(points).toBeLessThanOrEqual(100);
      expect(version).toBeLessThanOrEqual(until ?? RULES_VERSION);
    }
  });
});
