import { expect, test } from "vitest";
import { live, liveCount, tally } from "./analytics";
import { sessionIdOf } from "./created";
import { describeVisits, started } from "./setting";

describeVisits("a server that dies in the middle of a visit", (setting) => {
  test("gets everything once when it is back, without the visitor doing anything", async () => {
    const { server } = setting;
    const page = await setting.visit();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
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
    await liveCount(server, id, "click", 12, 75_000);
    expect(await sessionIdOf(page)).toBe(id);
    expect(errors).toEqual([]);
    const types = await setting.depart(page, id);
    expect(types.filter((type) => type === "click")).toHaveLength(12);
  });

  test("gets a whole visit of two tabs, a reload and a crash with the next one, when it was away for all of it", async () => {
    const { server, shop } = setting;
    const context = await setting.visitor();
    // Not by unrouting: that asks the crashed page too.
    let isDown = true;
    await context.route(`${server.url}/track/**`, (route) => (isDown ? route.abort() : route.continue()));
    const tab = await setting.visit(undefined, context);
    const id = await sessionIdOf(tab);
    await tab.click("#buy");
    const other = await setting.visit(`${shop.url}/other`, context);
    await other.click("#buy");
    await tab.reload();
    await started(tab);
    await tab.click("#buy");
    // One try of each page has failed, so all that happened is on the device.
    await other.waitForFunction(() => {
      const kept = Object.entries(localStorage).filter(([key]) => key.startsWith("pulsegate.queue"));
      const created = Object.entries(localStorage).filter(([key]) => key.startsWith("created."));
      const count = (texts: [string, string][], what: RegExp) =>
        texts.reduce((sum, [, text]) => sum + (text.match(what)?.length ?? 0), 0);
      return count(kept, /event_type/g) === count(created, /"type"/g);
    });
    await other.evaluate(() => window.PulseGate?.track("last.word"));
    const crashed = other.waitForEvent("crash");
    const cdp = await context.newCDPSession(other);
    cdp.send("Page.crash").catch(() => {});
    await crashed;
    await tab.close();

    isDown = false;
    const next = await setting.visit(`${shop.url}/next`, context);
    expect(await sessionIdOf(next)).toBe(id);
    const types = await setting.depart(next, id);
    const counts = tally(types.map((event_type) => ({ event_type })));
    expect(counts).toMatchObject({ page_view: 4, click: 3, "last.word": 1 });
    expect((await live(server, id))?.completeness.streams).toHaveLength(4);
  });

  test("has left every event in D1 and in R2 exactly once", async () => {
    await setting.checkStores();
  });
});
