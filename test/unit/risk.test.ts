import { describe, expect, it } from "vitest";
import type { Firing } from "../../src/core/scoring/ledger";
import { RULES } from "../../src/core/scoring/ruleset";
import type { Unplaced } from "../../src/core/session/entry";
import { foldLog } from "../../src/ops/backtest";
import { act, HOME, identity, lead, logOf, start } from "../support/log";

const SEEN = [act("page_view", 0), act("click", 20_000, { x: 5, y: 5 })];

const CASES: Record<string, { points: number; log: Unplaced[] }> = {
  "risk.honeypot": { points: 40, log: [start(), ...SEEN, lead({ honeypot: true })] },
  "risk.submit_at_once": { points: 30, log: [start(), ...SEEN, lead({ submit_ms: 4_999 })] },
  "risk.submit_soon": { points: 10, log: [start(), ...SEEN, lead({ submit_ms: 5_000 })] },
  "risk.no_session": { points: 15, log: [start(), ...SEEN, lead({ no_session: true })] },
  "risk.no_engagement": { points: 10, log: [start(), lead()] },
  "risk.vpn": { points: 15, log: [start({ network: { ...HOME, asn_class: "vpn" } })] },
  "risk.vpn_possible": { points: 5, log: [start({ network: { ...HOME, timezone_gap: 360 } })] },
  "risk.many_forms": { points: 20, log: [start(), identity({ address: { forms: 6 } })] },
  "risk.several_forms": { points: 10, log: [start(), identity({ fingerprint: { forms: 3 } })] },
  "risk.disposable_email": { points: 15, log: [start(), ...SEEN, lead({ disposable_email: true })] },
  "risk.bot": { points: 25, log: [start({ signals: { webdriver: true } })] },
};

const standing = (ledger: Firing[]) =>
  ledger.filter((line) => line.score === "risk" && line.withdrawn_at === undefined);

describe("the risk score", () => {
  it("has a case for each of its rules", () => {
    const rules = RULES.filter(({ score }) => score === "risk").map(({ id }) => id);
    expect(Object.keys(CASES).sort()).toEqual(rules.sort());
  });

  it.each(Object.entries(CASES))("gives what %s says", (rule, { points, log }) => {
    const { judgement } = foldLog(logOf(...log));
    expect(standing(judgement.ledger)).toMatchObject([{ rule, points, class: "convicting" }]);
    expect(judgement.scores.risk).toBe(points);
  });

  it.each([
    ["4.9 s after the page opened", 4_900, 30],
    ["5 s after", 5_000, 10],
    ["9.9 s after", 9_900, 10],
    ["10 s after", 10_000, 0],
  ])("sees a form sent %s by the entries' own times", (_, after, points) => {
    const { judgement } = foldLog(
      logOf(
        start(),
        act("page_view", 0),
        act("click", 100, { x: 1, y: 1 }),
        act("form_submit", after, { data: { ms: 1e12 } }),
      ),
    );
    expect(judgement.scores.risk).toBe(points);
  });

  it("counts forms of fingerprint and address, whichever has more", () => {
    const { judgement } = foldLog(logOf(start(), identity({ fingerprint: { forms: 1 }, address: { forms: 9 } })));
    expect(judgement.scores.risk).toBe(20);
  });

  it("takes what it held against a visitor back when it does not hold any more", () => {
    const log = logOf(start(), lead(), act("page_view", 61_000), act("click", 62_000, { x: 1, y: 1 }));
    expect(foldLog(log.slice(0, 2)).judgement.scores.risk).toBe(10);
    const { judgement } = foldLog(log);
    expect(judgement.scores.risk).toBe(0);
    expect(judgement.ledger).toContainEqual(
      expect.objectContaining({ rule: "risk.no_engagement", points: 0, weight: 10, withdrawn_at: expect.any(Number) }),
    );
  });

  it("is capped at 100, and its lines still say what each gave", () => {
    const worst = start({ signals: { webdriver: true }, network: { ...HOME, asn_class: "tor" } });
    const everything = { honeypot: true, disposable_email: true, no_session: true, submit_ms: 900 };
    const { judgement } = foldLog(logOf(worst, identity({ address: { forms: 20 } }), lead(everything)));
    expect(judgement.scores.risk).toBe(100);
    expect(standing(judgement.ledger).reduce((sum, { points }) => sum + points, 0)).toBe(160);
  });

  it("judges a lead that comes after the session's end", () => {
    const end: Unplaced = { kind: "end", at: 70_000, received_at: 70_000, reason: "client", exit_page: null };
    const { judgement } = foldLog(logOf(start(), ...SEEN, end, lead({ honeypot: true }, 90_000)));
    expect(judgement.scores.risk).toBe(40);
  });
});
