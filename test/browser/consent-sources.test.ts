import type { BrowserContext, Page } from "playwright-core";
import { expect, test } from "vitest";
import { live, liveCount } from "./analytics";
import { sessionIdOf } from "./created";
import { describeVisits, type Setting } from "./setting";

/** A tag manager, as far as this goes: it puts its own push over the page's, reads what is there, and counts. */
const TAG_MANAGER = `
  <script>
    window.dataLayer = window.dataLayer || [];
    const before = dataLayer.push;
    dataLayer.handled = dataLayer.length;
    dataLayer.push = function () {
      const length = before.apply(dataLayer, arguments);
      dataLayer.handled += arguments.length;
      return length;
    };
    function gtag() { return dataLayer.push(arguments); }
  </script>`;

/** The IAB's stub: it queues who calls, until the platform is there. */
const TCF_STUB = `
  <script>
    (() => {
      const queue = [];
      window.__tcfapi = (...call) => (call.length ? void queue.push(call) : queue);
    })();
  </script>`;

/** The platform that comes later: it answers those who wait, and whoever listens when the visitor has answered. */
const installPlatform = (): void => {
  const platform = window as unknown as Record<string, (...call: unknown[]) => unknown>;
  const waiting = platform["__tcfapi"]?.() as unknown[][];
  const hearers: ((data: object, isSuccess: boolean) => void)[] = [];
  const data = (eventStatus: string, isGiven: boolean) => ({
    eventStatus,
    gdprApplies: true,
    tcString: "CPc",
    cmpStatus: "loaded",
    listenerId: 1,
    purpose: { consents: { 1: isGiven, 2: false, 8: isGiven }, legitimateInterests: {} },
  });
  platform["__tcfapi"] = (command, version, hear) => {
    if (command !== "addEventListener" || version !== 2) return;
    hearers.push(hear as (data: object, isSuccess: boolean) => void);
    (hear as (data: object, isSuccess: boolean) => void)(data("cmpuishown", false), true);
  };
  platform["answer"] = (isGiven) => {
    for (const hear of hearers) hear(data("useractioncomplete", Boolean(isGiven)), true);
  };
  for (const call of waiting) platform["__tcfapi"](...call);
};

/** What has gone to the server of visits, and what is on the device. */
async function traces(page: Page): Promise<{ sent: number; kept: string[] }> {
  return page.evaluate(() => ({
    sent: performance.getEntriesByType("resource").filter(({ name }) => name.includes("/track/")).length,
    kept: Object.keys(localStorage).filter((key) => key.startsWith("pulsegate.")),
  }));
}

/** A new visitor on a page with `tag` and `body`, when all files are loaded. */
async function visit(setting: Setting, tag: string, body: string, context?: BrowserContext): Promise<Page> {
  const { url } = await setting.otherShop({ tag, body });
  const page = await setting.visit(url, context);
  await page.waitForFunction(() => {
    const files = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    return files.some(({ name, responseEnd }) => name.endsWith("/consent.js") && responseEnd > 0);
  });
  return page;
}

const SILENT = { sent: 0, kept: [] };
const consentOf = async (setting: Setting, id: string) => (await live(setting.server, id))?.consent;

describeVisits("what a visitor allows, by the page's own consent management", (setting) => {
  test("by consent mode: pending until an update, then as it says, and the page's data layer goes on", async () => {
    const denied = "{ analytics_storage: 'denied', ad_storage: 'denied', wait_for_update: 60000 }";
    const body = `${TAG_MANAGER}<script>gtag("consent", "default", ${denied})</script>`;
    const page = await visit(setting, "data-consent-mode", body);
    await page.click("#buy");
    // Longer than events are gathered.
    await page.waitForTimeout(1_000);
    expect(await traces(page)).toEqual(SILENT);
    const push = (said: object) =>
      page.evaluate((signals) => {
        const { gtag, dataLayer } = window as unknown as {
          gtag(...said: unknown[]): number;
          dataLayer: unknown[] & { handled: number };
        };
        const length = gtag("consent", "update", signals);
        return length === dataLayer.length && dataLayer.handled === dataLayer.length;
      }, said);
    expect(await push({ analytics_storage: "granted" })).toBe(true);
    const id = await sessionIdOf(page);
    await liveCount(setting.server, id, "click", 1);
    expect(await live(setting.server, id)).toMatchObject({ consent: "granted", visitor_id: expect.any(String) });
    expect((await traces(page)).kept).toContain("pulsegate.visitor_secret");
    expect(await push({ analytics_storage: "denied" })).toBe(true);
    await expect.poll(() => consentOf(setting, id), { timeout: 10_000 }).toBe("denied");
    expect((await traces(page)).kept).toEqual([]);
    await page.close();
  });

  test("by a default of consent mode, once the time for an update is over", async () => {
    const body = `${TAG_MANAGER}<script>gtag("consent", "default", { analytics_storage: "denied", wait_for_update: 800 })</script>`;
    const page = await visit(setting, "data-consent-mode", body);
    const id = await sessionIdOf(page);
    await liveCount(setting.server, id, "page_view", 1);
    expect(await live(setting.server, id)).toMatchObject({ consent: "denied", visitor_id: null });
    expect((await traces(page)).kept).toEqual([]);
    await page.close();
  });

  test("by a data layer that comes later", async () => {
    const page = await visit(setting, "data-consent-mode", "");
    await page.evaluate(() => {
      const entry = ["consent", "update", { analytics_storage: "granted" }];
      Object.assign(window, { dataLayer: [entry] });
    });
    const id = await sessionIdOf(page);
    await liveCount(setting.server, id, "page_view", 1);
    expect(await consentOf(setting, id)).toBe("granted");
    await page.close();
  });

  test("by the TCF: a platform that comes late, asks, is answered, and asks again", async () => {
    const page = await visit(setting, "data-tcf", TCF_STUB);
    await page.evaluate(installPlatform);
    await page.click("#buy");
    await page.waitForTimeout(1_000);
    expect(await traces(page)).toEqual(SILENT);
    const answer = (isGiven: boolean) =>
      page.evaluate((given) => (window as unknown as { answer(given: boolean): void }).answer(given), isGiven);
    await answer(true);
    const id = await sessionIdOf(page);
    await liveCount(setting.server, id, "click", 1);
    expect(await consentOf(setting, id)).toBe("granted");
    await answer(false);
    await expect.poll(() => consentOf(setting, id), { timeout: 10_000 }).toBe("denied");
    await page.close();
  });

  test("by a banner's events, and by what it knows of an earlier visit", async () => {
    const context = await setting.visitor();
    const page = await visit(setting, 'data-banner="cookiebot"', "", context);
    const say = (statistics: boolean, event: string) =>
      page.evaluate(
        ([isAllowed, name]) => {
          Object.assign(window, { Cookiebot: { hasResponse: true, consent: { statistics: isAllowed } } });
          // As some do it: on the document, and without bubbling.
          document.dispatchEvent(new Event(name));
        },
        [statistics, event] as const,
      );
    await page.waitForTimeout(1_000);
    expect(await traces(page)).toEqual(SILENT);
    await say(false, "CookiebotOnDecline");
    const id = await sessionIdOf(page);
    await liveCount(setting.server, id, "page_view", 1);
    expect(await live(setting.server, id)).toMatchObject({ consent: "denied", visitor_id: null });
    await say(true, "CookiebotOnAccept");
    await expect.poll(() => consentOf(setting, id), { timeout: 10_000 }).toBe("granted");
    await page.close();
    const known = "<script>var Cookiebot = { hasResponse: true, consent: { statistics: true } }</script>";
    const again = await visit(setting, 'data-banner="cookiebot"', known);
    const next = await sessionIdOf(again);
    await liveCount(setting.server, next, "page_view", 1);
    expect(await consentOf(setting, next)).toBe("granted");
    await again.close();
  });

  test("stays pending where the file does not load, and where a banner is not known", async () => {
    const context = await setting.visitor();
    await context.route("**/consent.js", (route) => route.abort());
    const { url } = await setting.otherShop({ tag: 'data-consent="granted" data-tcf' });
    const page = await setting.visit(url, context);
    await page.click("#buy");
    await page.waitForTimeout(1_000);
    expect(await traces(page)).toEqual(SILENT);
    await page.close();
    const unknown = await visit(setting, 'data-banner="another"', "");
    await unknown.waitForTimeout(1_000);
    expect(await traces(unknown)).toEqual(SILENT);
    await unknown.close();
  });

  test("is what the tag says where all of it is switched off", async () => {
    const page = await visit(setting, 'data-tcf="false" data-consent="denied"', "");
    const id = await sessionIdOf(page);
    await liveCount(setting.server, id, "page_view", 1);
    expect(await consentOf(setting, id)).toBe("denied");
    await page.close();
  });

  test("is a refusal with Global Privacy Control, whatever it says", async () => {
    const context = await setting.visitor();
    await context.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
    const granted = `${TAG_MANAGER}<script>gtag("consent", "update", { analytics_storage: "granted" })</script>`;
    const page = await visit(setting, "data-consent-mode", granted, context);
    const id = await sessionIdOf(page);
    await liveCount(setting.server, id, "page_view", 1);
    expect(await live(setting.server, id)).toMatchObject({ consent: "denied", visitor_id: null });
    expect((await traces(page)).kept).toEqual([]);
    await page.close();
  });
});
