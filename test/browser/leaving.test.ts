import { expect, test } from "vitest";
import { live, liveCount, storedEvents, until } from "./analytics";
import { createdIn, sessionIdOf } from "./created";
import { describeVisits, holdPicture, SLOW_PICTURE } from "./setting";

describeVisits("leaving a page", (setting) => {
  test("loses nothing when the tab is closed right after the script ran and a click", async () => {
    const { shop } = setting;
    const context = await setting.visitor();
    const page = await context.newPage();
    // Clicks from within, a moment after the tracker has run: the tab is gone before anything is sent otherwise.
    await page.addInitScript(() => {
      const closing = setInterval(() => {
        if (!window.PulseGate) return;
        clearInterval(closing);
        document.querySelector<HTMLElement>("#buy")?.click();
        document.title = "ready";
      }, 1);
    });
    await page.goto(shop.url, { waitUntil: "commit" });
    await page.waitForFunction(() => document.title === "ready", null, { polling: 5 });
    await page.close();

    const id = await until(
      async () => (await createdIn(context, shop.url))[0]?.session,
      20_000,
      "something that was recorded",
    );
    const types = await setting.complete(context, shop.url, id);
    expect(types).toEqual(["page_view", "click", "visibility_change"]);
  });

  test("delivers the page view of a page that is closed within 100 ms of its load", async () => {
    const { shop } = setting;
    const context = await setting.visitor();
    const page = await context.newPage();
    await page.goto(shop.url);
    await page.waitForTimeout(50);
    await page.close();
    const [first] = await createdIn(context, shop.url);
    if (!first) throw new Error("the tracker never ran");
    expect(await setting.complete(context, shop.url, first.session)).toContain("page_view");
  });

  test("loses nothing of a page that is left for another while it still loads", async () => {
    const busy = await setting.otherShop({ body: SLOW_PICTURE });
    const context = await setting.visitor();
    await holdPicture(context);
    const page = await context.newPage();
    await page.addInitScript(() => {
      const acting = setInterval(() => {
        if (!window.PulseGate) return;
        clearInterval(acting);
        window.PulseGate.track("in.time");
        document.title = "ready";
      }, 1);
    });
    await page.goto(busy.url, { waitUntil: "commit" });
    await page.waitForFunction(() => document.title === "ready", null, { polling: 5 });
    await page.goto(`${busy.url}/blank`);
    const id = await until(
      async () => (await createdIn(context, busy.url))[0]?.session,
      20_000,
      "something that was recorded",
    );
    const types = await setting.complete(context, busy.url, id);
    expect(types).toEqual(["page_view", "in.time", "visibility_change"]);
  });

  test("says how long the page was in view, so that reading it counts", async () => {
    const { server } = setting;
    const page = await setting.visit();
    const id = await sessionIdOf(page);
    await page.waitForTimeout(2_500);
    await setting.depart(page, id);
    const events = await storedEvents(server, id);
    const left = events.find(({ event_type }) => event_type === "visibility_change")?.data;
    expect(left).toEqual({ state: "hidden", ms: expect.any(Number) });
    expect(left?.["ms"]).toBeGreaterThan(2_000);
    expect(left?.["ms"]).toBeLessThan(30_000);
    expect((await live(server, id))?.engaged_ms).toBeGreaterThan(2_000);
  });

  test("carries the session over to the next page, as a stream of its own", async () => {
    const { server, shop } = setting;
    const page = await setting.visit();
    const id = await sessionIdOf(page);
    await page.click("#next");
    await page.waitForURL(/cart/);
    await page.click("#buy");
    await page.click("#next");
    await page.waitForLoadState();
    await liveCount(server, id, "page_view", 3);
    expect(await sessionIdOf(page)).toBe(id);
    const types = await setting.depart(page, id);
    expect(types.filter((type) => type === "click")).toHaveLength(3);
    expect((await live(server, id))?.completeness.streams).toHaveLength(3);
    expect(page.url()).toContain(shop.url);
  });

  test("sends again what a beacon carried when the page turns out to be still there", async () => {
    const { server, shop } = setting;
    const context = await setting.visitor();
    // A browser may lose beacons; this one loses all of them and says that it took them.
    await context.addInitScript(() => {
      navigator.sendBeacon = () => true;
    });
    const page = await setting.visit(undefined, context);
    const id = await sessionIdOf(page);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide")));
    await liveCount(server, id, "visibility_change", 1);
    // Its own end, so that nothing waits for the next flush.
    await page.evaluate(() => window.PulseGate?.end());
    expect(await setting.complete(context, shop.url, id)).toEqual(["page_view", "visibility_change"]);
  });

  test("leaves to the next page what no beacon could carry, where something has replaced them by an error", async () => {
    const { shop } = setting;
    const context = await setting.visitor();
    await context.addInitScript(() => {
      // From the first page nothing else gets through either.
      if (location.pathname !== "/") return;
      window.fetch = () => Promise.reject(new TypeError("blocked"));
      navigator.sendBeacon = () => {
        throw new Error("blocked");
      };
    });
    const page = await setting.visit(undefined, context);
    const id = await sessionIdOf(page);
    await page.close();
    const next = await setting.visit(`${shop.url}/next`, context);
    expect(await sessionIdOf(next)).toBe(id);
    expect(await setting.depart(next, id)).toEqual([
      "page_view",
      "visibility_change",
      "page_view",
      "visibility_change",
    ]);
  });

  test("leaves to the next page what a lost beacon carried", async () => {
    const { shop } = setting;
    const context = await setting.visitor();
    await context.addInitScript(() => {
      navigator.sendBeacon = () => true;
    });
    const page = await setting.visit(undefined, context);
    const id = await sessionIdOf(page);
    await page.close();
    const next = await setting.visit(undefined, context);
    expect(await sessionIdOf(next)).toBe(id);
    expect(await setting.complete(context, shop.url, id)).toEqual(["page_view", "visibility_change", "page_view"]);
  });

  test("has left every event in D1 and in R2 exactly once", async () => {
    await setting.checkStores();
  });
});
