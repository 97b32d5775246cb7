import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type {} from "../../src/browser/api";
import { type LocalServer, startServer } from "../local/server.mjs";
import { isGapFree, liveCount, sessionIdOf, settled, storedIn, tally } from "./analytics";
import { describeInChromium, launch } from "./chromium";
import { openShop, type Shop } from "./shop";

describeInChromium("a server that dies in the middle of a visit", () => {
  let server: LocalServer;
  let shop: Shop;
  let browser: Browser;

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

  test("gets everything once when it is back, without the visitor doing anything", async () => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(shop.url);
    await page.waitForFunction(() => localStorage.length > 0);
    const id = await sessionIdOf(page);
    await page.click("#buy");
    await liveCount(server, id, "click", 1);

    // Half of a burst is on its way when the process dies.
    await page.evaluate(() => {
      for (let i = 0; i < 5; i++) document.querySelector<HTMLElement>("#buy")?.click();
      window.PulseGate?.flush();
    });
    await server.kill();
    for (let i = 0; i < 5; i++) await page.click("#buy");
    await page.evaluate(() => history.pushState({}, "", "/while-it-was-down"));
    await new Promise((done) => setTimeout(done, 4_000));
    await page.click("#buy");

    await server.start();
    const { completeness } = await settled(server, id, 14, 75_000);
    expect(completeness).toMatchObject({ received: 14, expected: 14, missing: 0, rejected: 0, gone: 0 });
    expect(await sessionIdOf(page)).toBe(id);
    expect(errors).toEqual([]);
    await page.close();
    await settled(server, id, 15);

    await server.kill();
    const { d1, r2 } = storedIn(await server.readStores(), id);
    expect(tally(d1)).toEqual({ page_view: 2, click: 12, visibility_change: 1 });
    expect(isGapFree(d1), JSON.stringify(d1)).toBe(true);
    expect(r2).toEqual(d1);
  });
});
