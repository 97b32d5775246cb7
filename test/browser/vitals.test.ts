import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { type StoredEvent, storedEvents } from "./analytics";
import { createdIn, sessionIdOf } from "./created";
import { describeVisits } from "./setting";

/** A page whose largest text is known, that moves when it is told to, and that answers one of its buttons slowly. */
const BODY = `
  <div id="banner" style="height: 0"></div>
  <section SECTION><h1 id="hero" style="font-size: 90px">The largest text of the page, on two lines</h1>
  <button id="slow">Slow</button></section>
  <script>
    document.querySelector("#slow").onclick = () => {
      const until = performance.now() + 150;
      while (performance.now() < until);
    };
  </script>`;
const bodyWith = (attributes: string): string => BODY.replace("SECTION", attributes);

/** Waits until the page measures itself. */
const measuring = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => {
    const files = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    return files.some(({ name, responseEnd }) => name.endsWith("/vitals.js") && responseEnd > 0);
  });

/** Until the browser has told of what happened before, and the page was idle twice. */
const idle = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    const once = () => new Promise((done) => requestAnimationFrame(() => requestIdleCallback(done)));
    await once();
    await once();
  });

async function clickSlow(page: Page): Promise<void> {
  const told = page.evaluate(
    () =>
      new Promise((done) => {
        const observer = new PerformanceObserver(
          (list) => list.getEntries().some(({ name }) => name === "click") && done(1),
        );
        observer.observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
      }),
  );
  await page.click("#slow");
  await told;
  await idle(page);
}

const ofVitals = (events: StoredEvent[]): StoredEvent[] =>
  events.filter(({ event_type }) => event_type === "web_vitals");

/** The page is hidden or shown, as its listeners hear it. */
const hide = (page: Page): Promise<unknown> => page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide")));

describeVisits("the speed of a page", (setting) => {
  test("is told once as the page is left, with the elements that made it so", async () => {
    const { url } = await setting.otherShop({ body: bodyWith("") });
    const page = await setting.visit(url);
    const id = await sessionIdOf(page);
    await measuring(page);
    await idle(page);
    await page.evaluate(() => document.querySelector("#banner")?.setAttribute("style", "height: 150px"));
    await idle(page);
    await clickSlow(page);
    // Hidden, looked at again, and left: it is one load of a page.
    await hide(page);
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await setting.depart(page, id);
    const said = ofVitals(await storedEvents(setting.server, id));
    expect(said).toHaveLength(1);
    const data = said[0]?.data as Record<string, number>;
    expect(data).toMatchObject({
      lcp_element: "h1#hero",
      inp_element: "button#slow",
      cls_element: expect.stringMatching(/h1#hero|section|main#shop|p|div/),
    });
    const { lcp = -1, inp = -1, cls = -1, fcp = -1, ttfb = -1 } = data;
    for (const ms of [lcp, inp, fcp, ttfb]) expect(Number.isInteger(ms), JSON.stringify(data)).toBe(true);
    expect(ttfb).toBeGreaterThanOrEqual(0);
    expect(fcp).toBeGreaterThanOrEqual(ttfb);
    expect(lcp).toBeGreaterThanOrEqual(fcp);
    expect(lcp).toBeLessThan(60_000);
    expect(inp).toBeGreaterThanOrEqual(144);
    expect(inp).toBeLessThan(10_000);
    expect(cls).toBeGreaterThan(0.02);
    expect(cls).toBeLessThan(1);
    expect(cls).toBe(Number(cls.toFixed(4)));
  });

  test("names no element that is masked or ignored", async () => {
    const { server } = setting;
    for (const [attributes, name] of [
      ['id="box" data-pulse-mask', "section#box"],
      ["data-pulse-ignore", undefined],
    ] as const) {
      const { url } = await setting.otherShop({ body: bodyWith(attributes) });
      const page = await setting.visit(url);
      const id = await sessionIdOf(page);
      await measuring(page);
      await clickSlow(page);
      await setting.depart(page, id);
      const [said] = ofVitals(await storedEvents(server, id));
      expect(said?.data).toMatchObject({ lcp: expect.any(Number), inp: expect.any(Number) });
      expect([said?.data?.["lcp_element"], said?.data?.["inp_element"]]).toEqual([name, name]);
    }
  });

  test("is another once the page comes back from the back/forward cache", async () => {
    const page = await setting.visit();
    const id = await sessionIdOf(page);
    await measuring(page);
    await idle(page);
    await hide(page);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
    await idle(page);
    await hide(page);
    await setting.depart(page, id);
    const said = ofVitals(await storedEvents(setting.server, id));
    expect(said).toHaveLength(2);
    expect(said.map(({ data }) => typeof data?.["lcp"])).toEqual(["number", "number"]);
  });

  test("begins no session where the page's has ended", async () => {
    const { url } = setting.shop;
    const page = await setting.visit();
    const context = page.context();
    const id = await sessionIdOf(page);
    await measuring(page);
    await idle(page);
    await page.evaluate(() => window.PulseGate?.end());
    await page.close();
    expect((await createdIn(context, url)).filter(({ session }) => session !== id)).toEqual([]);
  });

  test("is not measured where the tag says so", async () => {
    const { url } = await setting.otherShop({ tag: 'data-vitals="false"' });
    const page = await setting.visit(url);
    const id = await sessionIdOf(page);
    await page.click("#buy");
    await idle(page);
    const files = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
    expect(files.filter((name) => name.endsWith("/vitals.js"))).toEqual([]);
    await setting.depart(page, id);
    expect(ofVitals(await storedEvents(setting.server, id))).toEqual([]);
  });
});
