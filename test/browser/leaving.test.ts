import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalServer, startServer } from "../local/server.mjs";
import { isGapFree, liveCount, sessionIdOf, sessions, settled, storedIn, tally, until } from "./analytics";
import { describeInChromium, launch } from "./chromium";
import { openShop, type Shop } from "./shop";

describeInChromium("leaving a page", () => {
  let server: LocalServer;
  let shop: Shop;
  let browser: Browser;
  const visits: { id: string; events: Record<string, number> }[] = [];

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

  test("loses nothing when the tab is closed right after the script ran and a click", async () => {
    const page = await browser.newPage();
    // Clicks from within, a moment after the tracker has run: the tab is gone before anything is sent otherwise.
    await page.addInitScript(() => {
      const closing = setInterval(() => {
        if (!("PulseGate" in window)) return;
        clearInterval(closing);
        document.querySelector<HTMLElement>("#buy")?.click();
        document.title = "ready";
      }, 1);
    });
    await page.goto(shop.url, { waitUntil: "commit" });
    await page.waitForFunction(() => document.title === "ready", null, { polling: 5 });
    await page.close();

    const [known] = await until(
      async () => {
        const all = await sessions(server);
        return all.length > 0 && all;
      },
      20_000,
      "a session",
    );
    if (!known) throw new Error("no session");
    const { completeness } = await settled(server, known.session_id, 3);
    expect(completeness).toMatchObject({ received: 3, expected: 3, missing: 0, gone: 0 });
    visits.push({ id: known.session_id, events: { page_view: 1, click: 1, visibility_change: 1 } });
  });

  test("carries the session over to the next page, as a stream of its own", async () => {
    const page = await browser.newPage();
    await page.goto(shop.url);
    await page.waitForFunction(() => localStorage.length > 0);
    const id = await sessionIdOf(page);
    await page.click("#next");
    await page.waitForURL(/cart/);
    await page.click("#buy");
    await page.click("#next");
    await page.waitForLoadState();
    await liveCount(server, id, "page_view", 3);
    expect(await sessionIdOf(page)).toBe(id);
    await page.close();

    const { completeness } = await settled(server, id, 9);
    expect(completeness).toMatchObject({ received: 9, expected: 9, missing: 0, gone: 0 });
    expect(completeness.streams).toHaveLength(3);
    visits.push({ id, events: { page_view: 3, click: 3, visibility_change: 3 } });
  });

  test("sends again what a beacon carried when the page turns out to be still there", async () => {
    const page = await browser.newPage();
    // A browser may lose beacons; this one loses all of them and says that it took them.
    await page.addInitScript(() => {
      navigator.sendBeacon = () => true;
    });
    await page.goto(shop.url);
    await page.waitForFunction(() => localStorage.length > 0);
    const id = await sessionIdOf(page);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide")));
    await liveCount(server, id, "visibility_change", 1);
    const { completeness } = await settled(server, id, 2);
    expect(completeness).toMatchObject({ received: 2, expected: 2, missing: 0 });
    visits.push({ id, events: { page_view: 1, visibility_change: 1 } });
  });

  test("has left every event in D1 and in R2 exactly once", async () => {
    await server.kill();
    const stores = await server.readStores();
    for (const { id, events } of visits) {
      const { d1, r2 } = storedIn(stores, id);
      expect(tally(d1)).toEqual(events);
      expect(isGapFree(d1), JSON.stringify(d1)).toBe(true);
      expect(r2).toEqual(d1);
    }
  });
});
