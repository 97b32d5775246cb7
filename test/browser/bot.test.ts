import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Firing, Label } from "../../src/core/scoring/ledger";
import { BOT_LAYERS, RULES_VERSION, RuleSet, ruleSet } from "../../src/core/scoring/ruleset";
import type { Entry } from "../../src/core/session/entry";
import { foldLog } from "../../src/ops/backtest";
import { until } from "./analytics";
import { sessionIdOf } from "./created";
import { describeVisits, type Setting } from "./setting";

/** What the agent of a desktop Chrome says of itself, for a driver that hides its own. */
const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

interface Judged {
  label: Label | null;
  started_at: number;
  ledger: Firing[];
}

/** Waits until the session is taken for a bot; the machine may be slow, the log's own times are not. */
const taken = ({ server }: Setting, id: string): Promise<Judged> =>
  until(
    async () => {
      const response = await server.api(`/analytics/sessions/${id}/live`);
      const { data } = (await response.json()) as { data?: Judged };
      return data?.label === "bot" && data;
    },
    20_000,
    "the verdict bot",
  );

/** Clicks and scrolls as a script makes them. */
async function drive(page: Page): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await page.click("#buy");
    await page.evaluate(() => scrollBy(0, 400));
  }
}

describeVisits("a headless Chromium that is driven naively", (setting) => {
  test("is a bot within 5 s, by the times of its own log", async () => {
    const page = await setting.visit();
    const id = await sessionIdOf(page);
    await drive(page);
    const known = await taken(setting, id);
    const opened = known.ledger.filter(({ score, points }) => score === "bot" && points > 0);
    expect(Math.min(...opened.map(({ at }) => at)) - known.started_at).toBeLessThan(5_000);
    expect(opened.map(({ rule }) => rule)).toContain("bot.agent");
    await setting.depart(page, id);
  });

  test("is one without the user-agent layer too, where it hides its name", async () => {
    const visitor = await setting.visitor({ userAgent: CHROME });
    const page = await setting.visit(setting.shop.url, visitor);
    const id = await sessionIdOf(page);
    await drive(page);
    await taken(setting, id);
    const response = await setting.server.api(`/analytics/sessions/${id}/replay`);
    const log = ((await response.json()) as { data: Entry[] }).data;
    const layer = BOT_LAYERS["user agent"] ?? [];
    const rest = new RuleSet(ruleSet(RULES_VERSION).rules.filter((rule) => !layer.includes(rule)));
    expect(foldLog(log, rest).judgement.label).toBe("bot");
    const at = (label: Label) => log.findIndex((_, i) => foldLog(log.slice(0, i + 1), rest).judgement.label === label);
    expect((log[at("bot")]?.at ?? Number.NaN) - (log[0]?.at ?? 0)).toBeLessThan(5_000);
    await setting.depart(page, id);
  });
});
