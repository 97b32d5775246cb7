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

describe("the rules", () => {
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
