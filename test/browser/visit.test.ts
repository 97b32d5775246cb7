import { expect, test } from "vitest";
import { visitorOf } from "../../src/core/session/calls/visitor-id";
import { live, liveCount, session, sessions, settled, storedEvents, until } from "./analytics";
import { createdIn, nextSessionIdOf, sessionIdOf } from "./created";
import { describeVisits } from "./setting";

describeVisits("a visit to a page on another origin", (setting) => {
  test("is seen live, each thing within a second of its happening", async () => {
    const { server } = setting;
    const page = await setting.visit();
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
    await setting.depart(page, id);
  });

  test("is stored as it happened", async () => {
    const { server, shop } = setting;
    const page = await setting.visit();
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
    await setting.depart(page, id);

    const events = (await storedEvents(server, id)).sort((a, b) => a.number - b.number);
    const acts = events.filter(({ event_type }) => !["mousemove", "web_vitals"].includes(event_type));
    expect(acts.map(({ event_type, page, element }) => [event_type, page?.replace(shop.url, ""), element])).toEqual([
      ["page_view", "/", null],
      ["click", "/", "button#buy.primary.large"],
      ["click", "/", "main#shop > p > button.plain"],
      ["click", "/", "main#shop > p > input"],
      ["page_view", "/shoes", null],
      ["page_view", "/", null],
      ["cart.added", "/", null],
      ["identify", "/", null],
      ["visibility_change", "/", null],
    ]);
    expect(await session(server, id)).toMatchObject({ page_views: 3, traits: { plan: "gold" } });
  });

  test("goes on by fetch where sockets are not allowed", async () => {
    const { server } = setting;
    const policy = `default-src 'self' 'unsafe-inline' ${server.url}`;
    const strict = await setting.otherShop({ headers: { "Content-Security-Policy": policy } });
    const page = await setting.visit(strict.url);
    const id = await sessionIdOf(page);
    expect(await liveCount(server, id, "page_view", 1)).toBeLessThan(1_000);
    await page.click("#buy");
    expect(await liveCount(server, id, "click", 1)).toBeLessThan(1_000);
    await setting.depart(page, id);
  });

  test("continues in a second tab as the same session, with a stream of its own", async () => {
    const { server, shop } = setting;
    const page = await setting.visit();
    const id = await sessionIdOf(page);
    const tab = await setting.visit(`${shop.url}/tab`, page.context());
    expect(await sessionIdOf(tab)).toBe(id);
    await tab.click("#buy");
    await liveCount(server, id, "click", 1);
    await tab.close();
    expect((await live(server, id))?.completeness.streams).toHaveLength(2);
    await setting.depart(page, id);
  });

  test("hears its engagement when that changes, where the site's settings allow it", async () => {
    const { server } = setting;
    const settings = { allowed_origins: ["*"], expose: ["engagement"] };
    await server.api("/analytics/sites/telling", { method: "PUT", body: JSON.stringify(settings) });
    const shop = await setting.otherShop({ tag: 'data-site="telling"' });
    const page = await setting.visit(shop.url);
    const id = await sessionIdOf(page);
    await page.evaluate(() => {
      const told: unknown[] = [];
      Object.assign(window, { told });
      window.PulseGate?.on("score", (score) => told.push(score));
    });
    const told = () => page.evaluate(() => (window as unknown as { told: { score: number; band: string }[] }).told);
    for (let i = 0; i < 3; i++) await page.click("#buy");
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await liveCount(server, id, "scroll", 1);
    const known = async () => {
      const { scores, engagement_band } = (await live(server, id)) ?? {};
      return { score: scores?.engagement, band: engagement_band };
    };
    await expect.poll(async () => (await told()).at(-1), { timeout: 10_000 }).toEqual(await known());
    const scores = (await told()).map(({ score }) => score);
    expect(scores.at(-1)).toBeGreaterThan(0);
    expect(scores.filter((score, i) => score === scores[i - 1])).toEqual([]);
    await setting.depart(page, id);
  });

  test("begins another session once the page has ended it", async () => {
    const { server, shop } = setting;
    const page = await setting.visit();
    const first = await sessionIdOf(page);
    await page.evaluate(() => window.PulseGate?.end());
    await until(async () => (await live(server, first))?.ended_at, 5_000, "the end");
    await page.click("#buy");
    const second = await nextSessionIdOf(page, first);
    await liveCount(server, second, "click", 1);
    const context = page.context();
    await setting.depart(page, second);
    expect((await createdIn(context, shop.url)).filter(({ session }) => session === first)).toHaveLength(1);
    expect((await settled(server, first, 1)).completeness).toMatchObject({ received: 1, expected: 1 });
  });

  test("begins another session after half an hour of nothing, but not by closing the tab", async () => {
    const { server } = setting;
    const page = await setting.visit();
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
    const second = await nextSessionIdOf(page, first);
    await liveCount(server, second, "mousemove", 1);
    await sleep();
    expect(await setting.depart(page, second)).not.toContain("visibility_change");
    expect((await sessions(server)).filter(({ visitor_id }) => visitor_id)).not.toContainEqual(
      expect.objectContaining({ events: 1, counts: { visibility_change: 1 } }),
    );
    expect(await live(server, first)).toMatchObject({ events: 1 });
  });

  test("begins another session when another campaign brings the visitor back", async () => {
    const { server, shop } = setting;
    const page = await setting.visit(`${shop.url}/?utm_source=mail&utm_campaign=may`);
    const first = await sessionIdOf(page);
    await page.goto(`${shop.url}/shoes`);
    expect(await sessionIdOf(page)).toBe(first);
    await page.goto(`${shop.url}/?utm_source=ads&gclid=42`);
    const second = await sessionIdOf(page);
    expect(second).not.toBe(first);
    await liveCount(server, second, "page_view", 1);
    const context = page.context();
    await setting.depart(page, second);
    await setting.complete(context, shop.url, first);
  });

  test("names a new device by a secret that only the device and its starts have", async () => {
    const { server } = setting;
    const context = await setting.visitor();
    const calls: { url: string; body: string }[] = [];
    context.on("request", (request) => calls.push({ url: request.url(), body: request.postData() ?? "" }));
    const page = await setting.visit(undefined, context);
    const first = await sessionIdOf(page);
    await liveCount(server, first, "page_view", 1);
    const kept = () => page.evaluate(() => localStorage.getItem("pulsegate.visitor_secret"));
    const secret = (await kept()) ?? "";
    expect(secret).toMatch(/^([\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}){2}$/);
    const today = new Date().toISOString().slice(0, 10);
    expect(await page.evaluate(() => localStorage.getItem("pulsegate.visitor_first"))).toBe(today);
    const visitor_id = await visitorOf(secret);
    expect(await live(server, first)).toMatchObject({ visitor_id, unproven: false });
    await page.evaluate(() => window.PulseGate?.end());
    await page.click("#buy");
    const second = await nextSessionIdOf(page, first);
    await liveCount(server, second, "click", 1);
    expect(await live(server, second)).toMatchObject({ visitor_id, unproven: false });
    expect(await kept()).toBe(secret);
    expect(await page.evaluate(() => localStorage.getItem("pulsegate.visitor"))).toBeNull();
    const saying = calls.filter(({ body }) => body.includes(secret));
    expect(saying.length).toBeGreaterThanOrEqual(2);
    for (const { body } of saying) expect(body).toMatch(/"visitor_secret":"/);
    for (const { url } of calls) expect(url).not.toContain(secret);
    await setting.depart(page, second);
    await setting.complete(context, setting.shop.url, first);
  });

  test("keeps the visitor that a device had before there were secrets", async () => {
    const { server, shop } = setting;
    const known = crypto.randomUUID();
    const context = await setting.visitor();
    await context.addInitScript((id) => localStorage.setItem("pulsegate.visitor", id), known);
    const page = await setting.visit(undefined, context);
    const first = await sessionIdOf(page);
    await liveCount(server, first, "page_view", 1);
    await page.evaluate(() => window.PulseGate?.end());
    await page.goto(`${shop.url}/shoes`);
    const second = await sessionIdOf(page);
    await liveCount(server, second, "page_view", 1);
    for (const id of [first, second]) expect(await live(server, id)).toMatchObject({ visitor_id: known });
    const kept = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("visitor")));
    expect(kept).toEqual(["pulsegate.visitor"]);
    await setting.depart(page, second);
    await setting.complete(context, shop.url, first);
  });

  test("names no visitor, and keeps nothing on the device, when the browser signals Global Privacy Control", async () => {
    const { server } = setting;
    const context = await setting.visitor();
    await context.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
    const page = await setting.visit(undefined, context);
    const id = await sessionIdOf(page);
    await liveCount(server, id, "page_view", 1);
    const kept = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("pulsegate")));
    expect(kept).toEqual([]);
    expect(await live(server, id)).toMatchObject({ consent: "denied", visitor_id: null });
    await setting.depart(page, id);
  });

  test("has left every event in D1 and in R2 exactly once", async () => {
    expect(JSON.stringify(await setting.checkStores())).not.toContain("4111111111111111");
  });
});
