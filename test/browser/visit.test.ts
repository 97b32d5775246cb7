import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type {} from "../../src/browser/api";
import { type LocalServer, startServer } from "../local/server.mjs";
import {
  isGapFree,
  live,
  liveCount,
  session,
  sessionIdOf,
  sessions,
  settled,
  storedEvents,
  storedIn,
  tally,
  until,
} from "./analytics";
import { describeInChromium, launch } from "./chromium";
import { openShop, type Shop } from "./shop";

describeInChromium("a visit to a page on another origin", () => {
  let server: LocalServer;
  let shop: Shop;
  let browser: Browser;
  /** Sessions to look up in the stores when all visits are over, with the number of their events. */
  const visits: { id: string; events: number }[] = [];

  beforeAll(async () => {
    server = await startServer();
    shop = await openShop(server.url);
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await shop?.close();
    await server?.stop();
  });

  const visit = async (url = shop.url): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForFunction(() => "PulseGate" in window && localStorage.length > 0);
    return page;
  };

  const depart = async (page: Page, id: string, events: number): Promise<void> => {
    await page.close();
    const { completeness } = await settled(server, id, events);
    expect(completeness).toMatchObject({ received: events, expected: events, missing: 0, rejected: 0, gone: 0 });
    visits.push({ id, events });
  };

  test("is seen live, each thing within a second of its happening", async () => {
    const page = await visit();
    const id = await sessionIdOf(page);
    expect(await liveCount(server, id, "page_view", 1)).toBeLessThan(1_000);

    await page.click("#buy");
    expect(await liveCount(server, id, "click", 1)).toBeLessThan(1_000);
    await page.evaluate(() => history.pushState({}, "", "/shoes?size=42"));
    expect(await liveCount(server, id, "page_view", 2)).toBeLessThan(1_000);
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    expect(await liveCount(server, id, "scroll", 1)).toBeLessThan(1_000);

    const now = await live(server, id);
    expect(now).toMatchObject({ site: "shop", visible: true, scroll_percent: 100 });
    expect(now?.visitor_id).toMatch(/^[0-9a-f-]{36}$/);
    await depart(page, id, 5);
  });

  test("is stored as it happened", async () => {
    const page = await visit();
    const id = await sessionIdOf(page);
    await page.click("#buy");
    await page.click("button.plain");
    await page.click("input");
    await page.evaluate(() => {
      history.pushState({}, "", "/shoes");
      history.replaceState({ same: true }, "", "/shoes");
      history.replaceState({}, "", "/shoes#red");
      history.back();
    });
    await page.waitForURL(`${shop.url}/`);
    await page.evaluate(() => window.PulseGate?.track("cart.added", { sku: "boot-42" }));
    await page.evaluate(() => window.PulseGate?.identify({ plan: "gold" }));
    await depart(page, id, 10);

    const events = (await storedEvents(server, id)).sort((a, b) => a.number - b.number);
    expect(events.map(({ event_type, page, element }) => [event_type, page?.replace(shop.url, ""), element])).toEqual([
      ["page_view", "/", null],
      ["click", "/", "button#buy.primary.large"],
      ["click", "/", "main#shop > p > button.plain"],
      ["click", "/", "main#shop > p > input"],
      ["page_view", "/shoes", null],
      ["page_view", "/shoes#red", null],
      ["page_view", "/", null],
      ["cart.added", "/", null],
      ["identify", "/", null],
      ["visibility_change", "/", null],
    ]);
    expect(await session(server, id)).toMatchObject({ page_views: 4, traits: { plan: "gold" } });
  });

  test("goes on by fetch where sockets are not allowed", async () => {
    const strict = await openShop(server.url, {
      headers: { "Content-Security-Policy": `default-src 'self' 'unsafe-inline' ${server.url}` },
    });
    const page = await visit(strict.url);
    const id = await sessionIdOf(page);
    expect(await liveCount(server, id, "page_view", 1)).toBeLessThan(1_000);
    await page.click("#buy");
    expect(await liveCount(server, id, "click", 1)).toBeLessThan(1_000);
    await depart(page, id, 3);
    await strict.close();
  });

  test("continues in a second tab as the same session, with a stream of its own", async () => {
    const page = await visit();
    const id = await sessionIdOf(page);
    const tab = await page.context().newPage();
    await tab.goto(`${shop.url}/tab`);
    await tab.click("#buy");
    await liveCount(server, id, "click", 1);
    await tab.close();
    const known = await live(server, id);
    expect(known?.completeness.streams).toHaveLength(2);
    await page.close();
    const events = await until(
      async () => {
        const now = await live(server, id);
        return now && now.counts["visibility_change"] === 2 && now.events;
      },
      10_000,
      "both tabs closed",
    );
    await depart(page, id, events);
  });

  test("begins another session once the page has ended it", async () => {
    const page = await visit();
    const first = await sessionIdOf(page);
    await page.evaluate(() => window.PulseGate?.end());
    await until(async () => (await live(server, first))?.ended_at, 5_000, "the end");
    await page.click("#buy");
    const second = await sessionIdOf(page);
    expect(second).not.toBe(first);
    await liveCount(server, second, "click", 1);
    await depart(page, second, 2);
    expect((await settled(server, first, 1)).completeness).toMatchObject({ received: 1, expected: 1 });
  });

  test("begins another session after half an hour of nothing, but not by closing the tab", async () => {
    const page = await visit();
    const first = await sessionIdOf(page);
    await liveCount(server, first, "page_view", 1);
    const sleep = () =>
      page.evaluate(() => {
        const key = "pulsegate.session.shop";
        const session = JSON.parse(localStorage.getItem(key) ?? "{}");
        localStorage.setItem(key, JSON.stringify({ ...session, at: Date.now() - 31 * 60_000 }));
      });
    await sleep();
    await page.click("#buy");
    const second = await sessionIdOf(page);
    expect(second).not.toBe(first);
    await liveCount(server, second, "click", 1);
    await sleep();
    await depart(page, second, 1);
    expect((await sessions(server)).filter(({ visitor_id }) => visitor_id)).not.toContainEqual(
      expect.objectContaining({ events: 1, counts: { visibility_change: 1 } }),
    );
    expect(await live(server, first)).toMatchObject({ events: 1 });
  });

  test("names no visitor when the browser signals Global Privacy Control", async () => {
    const context = await browser.newContext();
    await context.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
    const page = await context.newPage();
    await page.goto(shop.url);
    await page.waitForFunction(() => localStorage.getItem("pulsegate.session.shop"));
    const id = await sessionIdOf(page);
    await liveCount(server, id, "page_view", 1);
    expect(await page.evaluate(() => localStorage.getItem("pulsegate.visitor"))).toBeNull();
    expect(await live(server, id)).toMatchObject({ consent: "denied", visitor_id: null });
    await depart(page, id, 2);
  });

  test("has left every event in D1 and in R2 exactly once", async () => {
    await server.kill();
    const stores = await server.readStores();
    expect(visits.length).toBeGreaterThan(0);
    for (const { id, events } of visits) {
      const { d1, r2 } = storedIn(stores, id);
      expect(d1).toHaveLength(events);
      expect(isGapFree(d1), JSON.stringify(d1)).toBe(true);
      expect(r2).toEqual(d1);
      expect(tally(d1)["page_view"] ?? 0).toBeLessThan(events);
    }
    expect(JSON.stringify(stores)).not.toContain("4111111111111111");
  });
});
