import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seed } from "../../bench/seed/seed.ts";
import { ask, type Stage, setStage } from "../../scripts/dashboard/stage.ts";
import { settled, stops, visit } from "../../scripts/dashboard/tour.ts";
import { type LocalServer, startServer } from "../local/server.ts";
import { describeInChromium, launch } from "./chromium";
import { axeFindings, foreignMarkup, openViewer } from "./dashboard";

const DAY = 86_400_000;
/** A year of them: some ten in the last week, as a small site has. */
const SESSIONS = 400;

describeInChromium("the dashboard, on a seeded year", () => {
  let server: LocalServer;
  let stage: Stage;
  let browser: Browser;

  beforeAll(async () => {
    server = await startServer({ env: { RATE_LIMIT: "off" }, lean: true });
    await server.kill();
    const until = Math.floor(Date.now() / DAY) * DAY;
    await seed({ sessions: SESSIONS, until, state: server.state, say: () => {}, rollsUp: false });
    await server.start();
    stage = await setStage(server, { visits: 12, present: 3 });
    browser = await launch();
  }, 150_000);

  afterAll(async () => {
    await browser?.close();
    await stage?.close();
    await server?.stop();
  });

  test("renders every view, and axe finds nothing in light and in dark", async () => {
    const { page, context, faults } = await openViewer(browser, server);
    for (const stop of stops({ ...stage, range: "30d" })) {
      await visit(page, server.url, stop);
      expect(await page.locator("main h1").count(), stop.name).toBe(1);
      expect(await page.locator("main [role=alert]").allTextContents(), stop.name).toEqual([]);
      expect(await axeFindings(page), stop.name).toEqual([]);
      // What is dark differs in its colours alone.
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await axeFindings(page, ["color-contrast"]), `${stop.name}, dark`).toEqual([]);
      await page.emulateMedia({ colorScheme: "light" });
      expect(await foreignMarkup(page), stop.name).toEqual([]);
    }
    expect(faults).toEqual([]);
    await context.close();
  });

  test("fits a phone: no view is wider than 375 px, and the menu opens", async () => {
    const { page, context } = await openViewer(browser, server, { viewport: { width: 375, height: 812 } });
    for (const stop of stops({ ...stage, range: "30d" })) {
      await visit(page, server.url, stop);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide, stop.name).toBeLessThanOrEqual(0);
    }
    await page.click(".nav-toggle");
    await page.click("#views a:has-text('Leads')");
    await page.waitForSelector("main h1:has-text('Leads')");
    await expect.poll(() => page.locator(".nav.open").count()).toBe(0);
    await context.close();
  });

  test("asks for the key once, keeps it for the tab alone, and says why one opens nothing", async () => {
    const { page, context, faults } = await openViewer(browser, { key: null });
    await page.goto(`${server.url}/dashboard#/keys`);
    await page.fill("input[name=key]", "no-such-key");
    await page.click("button[type=submit]");
    await page.waitForSelector("[role=alert]:has-text('This key opens nothing here')");
    await page.fill("input[name=key]", server.key);
    await page.keyboard.press("Enter");
    await page.waitForSelector("main h1:has-text('Keys')");
    await page.reload();
    await page.waitForSelector("main h1:has-text('Keys')");
    expect(await page.evaluate(() => [Object.keys(localStorage), document.cookie])).toEqual([[], ""]);
    const other = await context.newPage();
    await other.goto(`${server.url}/dashboard`);
    await other.waitForSelector("input[name=key]");
    expect(faults).toEqual([]);
    await context.close();
  });

  test("keeps filters in the URL, goes back by the browser's own button, and moves by keys", async () => {
    const { page, context } = await openViewer(browser, server);
    await page.goto(`${server.url}/dashboard#/sessions?range=30d`);
    await page.waitForSelector("main table");
    await page.keyboard.press("/");
    await page.selectOption("main .filters select >> nth=1", "tablet");
    await page.waitForFunction(() => location.hash.includes("device=tablet"));
    await settled(page);
    const filtered = await page.locator("main tbody tr").count();
    await page.goBack();
    await page.waitForFunction(() => !location.hash.includes("device"));
    await settled(page);
    await page.waitForFunction((few) => document.querySelectorAll("main tbody tr").length > few, filtered);
    await page.locator("main h1").click();
    await page.keyboard.press("g");
    await page.keyboard.press("l");
    await page.waitForSelector("main h1:has-text('Leads')");
    expect(await page.evaluate(() => location.hash)).toContain("range=30d");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog:not([open])", { state: "attached" });
    await context.close();
  });

  test("saves as CSV what is on the screen, row for row", async () => {
    const { page, context } = await openViewer(browser, server, { acceptDownloads: true });
    await visit(page, server.url, { name: "countries", hash: "countries?range=30d", ready: "main table" });
    const shown = await page.locator("main tbody tr").count();
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Save as CSV")]);
    const lines = readFileSync(await download.path(), "utf8")
      .trim()
      .split("\r\n");
    expect(lines[0]).toBe('Country,Sessions,Share,Page views,Events,Bounce rate,"Engaged, average",Leads');
    expect(lines).toHaveLength(shown + 1);
    await context.close();
  });

  test("says when it waits, what failed, what is old, and what there is none of", async () => {
    const { page, context } = await openViewer(browser, server);
    const path = "**/analytics/engagement*";
    let release = (): void => {};
    await page.route(path, async (route) => {
      await new Promise<void>((done) => {
        release = done;
      });
      await route.abort();
    });
    await page.goto(`${server.url}/dashboard#/engagement`);
    await page.waitForSelector(".waiting");
    release();
    await page.waitForSelector("[role=alert]:has-text('No connection')");
    await page.unroute(path);
    await page.click("text=Try again");
    await page.waitForSelector("main .stats");
    await page.route(path, (route) => route.abort());
    await page.goto(`${server.url}/dashboard#/keys`);
    await page.waitForSelector("main h1:has-text('Keys')");
    await page.goto(`${server.url}/dashboard#/engagement`);
    await page.waitForSelector(".stale");
    expect(await page.locator("main .stats").count()).toBe(1);
    await page.goto(`${server.url}/dashboard#/sessions?country=AQ`);
    await page.waitForSelector(".notice:has-text('No session matches')");
    await context.close();
  });

  test("makes a key, shows it once, revokes it; a key without the scope is told so", async () => {
    const { page, context } = await openViewer(browser, server);
    await page.goto(`${server.url}/dashboard#/keys`);
    await page.fill("input[name=name]", "viewer");
    await page.click("button:has-text('Make a key')");
    const made = await page.locator(".made code").textContent();
    expect(made).toMatch(/^pg_/);
    await page.waitForSelector("td:has-text('viewer')");
    await page.reload();
    await page.waitForSelector("td:has-text('viewer')");
    expect(await page.content()).not.toContain(made);

    const reader = await openViewer(browser, { key: made });
    await reader.page.goto(`${server.url}/dashboard#/keys`);
    await reader.page.waitForSelector("[role=alert]:has-text('This key may not do that')");
    await reader.page.goto(`${server.url}/dashboard#/lead/${stage.lead}`);
    await reader.page.click("button:has-text('Redeliver') >> nth=0");
    await reader.page.waitForSelector("[role=alert]:has-text('scope admin')");
    await reader.page.goto(`${server.url}/dashboard#/site/shop`);
    await reader.page.locator(".settings textarea").first().fill("https://shop.example");
    await reader.page.click("button:has-text('Save')");
    await reader.page.waitForSelector("[role=alert]:has-text('scope admin')");
    await reader.context.close();

    await page.click("button[aria-label='Revoke viewer']");
    await page.click("button[aria-label='Revoke viewer for good']");
    await page.waitForSelector("tr:has-text('viewer'):has-text('revoked')");
    await context.close();
  });

  test("erases a lead when it is asked twice, and shows the receipt", async () => {
    const body = JSON.stringify({ email: "to.be.erased@shop.example" });
    const headers = { "Content-Type": "application/json" };
    const taken = await server.api("/lead?site=shop", { method: "POST", body, headers });
    const { lead_id } = (await taken.json()) as { lead_id: string };
    const { page, context } = await openViewer(browser, server);
    await page.goto(`${server.url}/dashboard#/lead/${lead_id}`);
    await page.click("button:has-text('Erase this lead')");
    await page.click("section[aria-label='Erase'] button:has-text('Keep')");
    expect((await server.api(`/analytics/leads/${lead_id}`)).status).toBe(200);
    await page.click("button:has-text('Erase this lead')");
    await page.click("button:has-text('Erase for good')");
    const receipt = page.locator("section[aria-label='The lead is erased']");
    await receipt.waitFor();
    expect(await receipt.textContent()).toMatch(/Leads1.*Deliveries/);
    expect((await server.api(`/analytics/leads/${lead_id}`)).status).toBe(404);
    await context.close();
  });

  test("edits a site's settings, and says at the setting what is wrong with it", async () => {
    const { page, context } = await openViewer(browser, server);
    await page.goto(`${server.url}/dashboard#/site/shop`);
    const origins = page.locator("label:has-text('Allowed origins') textarea");
    await origins.fill("https://shop.example\nnot an origin");
    await page.click("button:has-text('Save')");
    await page.waitForSelector(".setting [role=alert]:has-text('must be an origin')");
    await page.locator("label:has-text('Forms (JSON)') textarea").fill("{ no json");
    await page.click("button:has-text('Save')");
    await page.waitForSelector(".setting [role=alert]:has-text('is no JSON')");
    await page.click("button:has-text('Discard changes')");
    await origins.fill("*");
    await page.selectOption("label:has-text('Addresses') select", "masked");
    await page.click("button:has-text('Save')");
    await page.waitForSelector("text=It holds everywhere within a minute");
    const { data } = await ask<{ data: unknown }>(server, "/analytics/sites/shop");
    expect(data).toMatchObject({ allowed_origins: ["*"], ip: "masked", webhooks: [{ id: "crm" }, { id: "old-crm" }] });
    await context.close();
  });
});
