import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type {} from "../../src/browser/api";
import { type LocalServer, startServer } from "../local/server.mjs";
import { live, liveCount, sessionIdOf } from "./analytics";
import { describeInChromium, launch } from "./chromium";
import { openShop, type Shop } from "./shop";

describeInChromium("a tracker whose events are refused", () => {
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

  const visit = async (): Promise<Page> => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(shop.url);
    await page.waitForFunction(() => localStorage.length > 0);
    return page;
  };

  test("sends them again as a new session when the server does not know theirs", async () => {
    // A session of another site is unknown to this one.
    const foreign = crypto.randomUUID();
    await server.api("/track/session/start", {
      method: "POST",
      body: JSON.stringify({ session_id: foreign, page: "https://other.example/", site: "other" }),
    });
    await server.api("/track/event", {
      method: "POST",
      body: JSON.stringify({ session_id: foreign, site: "other", event_type: "page_view" }),
    });
    const context = await browser.newContext();
    await context.addInitScript((id) => {
      const key = "pulsegate.session.shop";
      if (!localStorage.getItem(key)) localStorage.setItem(key, JSON.stringify({ id, at: Date.now() }));
    }, foreign);
    const page = await context.newPage();
    await page.goto(shop.url);
    await page.click("#buy");
    await page.waitForFunction((id) => !localStorage.getItem("pulsegate.session.shop")?.includes(id), foreign);
    const id = await sessionIdOf(page);
    await liveCount(server, id, "click", 1);
    expect((await live(server, id))?.completeness).toMatchObject({ received: 2, expected: 2, missing: 0 });
    expect(await live(server, foreign)).toMatchObject({ events: 1 });
    await page.close();
  });

  test("drops what can never be taken, and tells the server which numbers that were", async () => {
    const page = await visit();
    const id = await sessionIdOf(page);
    await liveCount(server, id, "page_view", 1);
    await page.evaluate(() => window.PulseGate?.track("Not A Type"));
    await page.waitForTimeout(1_000);
    await page.click("#buy");
    await liveCount(server, id, "click", 1);
    expect((await live(server, id))?.completeness).toMatchObject({ received: 2, expected: 3, missing: 0, gone: 1 });
    await page.close();
  });

  test("keeps everything on the page while consent is pending", async () => {
    const strict = await openShop(server.url, { tag: 'data-consent="pending"' });
    const page = await (await browser.newContext()).newPage();
    await page.goto(strict.url);
    await page.waitForFunction(() => localStorage.length > 0);
    const id = await sessionIdOf(page);
    await page.click("#buy");
    await page.waitForTimeout(1_000);
    expect(await live(server, id)).toBeNull();
    expect(await page.evaluate(() => localStorage.getItem("pulsegate.visitor"))).toBeNull();

    await page.evaluate(() => window.PulseGate?.consent("granted"));
    await liveCount(server, id, "click", 1);
    const known = await live(server, id);
    expect(known).toMatchObject({ consent: "granted", visitor_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(known?.completeness).toMatchObject({ received: 2, expected: 2, missing: 0 });

    await page.evaluate(() => window.PulseGate?.consent("denied"));
    await page.waitForTimeout(1_000);
    expect(await live(server, id)).toMatchObject({ consent: "denied", visitor_id: null });
    await page.close();
    await strict.close();
  });
});
