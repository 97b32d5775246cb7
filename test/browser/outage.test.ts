import { expect, test } from "vitest";
import { liveCount } from "./analytics";
import { sessionIdOf } from "./created";
import { describeVisits } from "./setting";

describeVisits("a server that dies in the middle of a visit", (setting) => {
  test("gets everything once when it is back, without the visitor doing anything", async () => {
    const { server, shop } = setting;
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
    const types = await setting.complete(page.context(), shop.url, id, 75_000);
    expect(types.filter((type) => type === "click")).toHaveLength(12);
    expect(await sessionIdOf(page)).toBe(id);
    expect(errors).toEqual([]);
    await setting.depart(page, id);
  });

  test("has left every event in D1 and in R2 exactly once", async () => {
    await setting.checkStores();
  });
});
