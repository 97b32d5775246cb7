import type { BrowserContext } from "playwright-core";
import { expect, test } from "vitest";
import { live, liveCount } from "./analytics";
import { nextSessionIdOf, sessionIdOf } from "./created";
import { describeVisits } from "./setting";

const deviceKeys = (context: BrowserContext): Promise<string[]> =>
  context.pages()[0]?.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("pulsegate"))) ??
  Promise.resolve([]);

describeVisits("a tracker whose events are refused", (setting) => {
  test("sends them again as a new session when the server does not know theirs", async () => {
    const { server, shop } = setting;
    // A session of another site is unknown to this one.
    const foreign = crypto.randomUUID();
    const body = { session_id: foreign, page: "https://other.example/", site: "other" };
    await server.api("/track/session/start", { method: "POST", body: JSON.stringify(body) });
    await server.api("/track/event", { method: "POST", body: JSON.stringify({ ...body, event_type: "page_view" }) });
    const context = await setting.visitor();
    await context.addInitScript((id) => {
      const key = "pulsegate.session.shop";
      const stored = { id, key: "k".repeat(36), at: Date.now(), campaign: "" };
      if (!localStorage.getItem(key)) localStorage.setItem(key, JSON.stringify(stored));
    }, foreign);
    const page = await context.newPage();
    await page.goto(shop.url);
    await page.click("#buy");
    await page.waitForFunction((id) => !localStorage.getItem("pulsegate.session.shop")?.includes(id), foreign);
    const id = await sessionIdOf(page);
    expect(id).not.toBe(foreign);
    await liveCount(server, id, "click", 1);
    expect((await live(server, id))?.completeness).toMatchObject({ missing: 0, rejected: 0, gone: 0 });
    expect(await live(server, foreign)).toMatchObject({ events: 1 });
  });

  test("goes on as a new session when theirs takes no more streams", async () => {
    const { server, shop } = setting;
    const context = await setting.visitor();
    const page = await setting.visit(undefined, context);
    const first = await sessionIdOf(page);
    await liveCount(server, first, "page_view", 1);
    const stored = await page.evaluate(() => localStorage.getItem("pulsegate.session.shop"));
    const { key } = JSON.parse(stored ?? "{}") as { key: string };
    // As many page loads as a session may have.
    for (let i = 2; i <= 64; i++) {
      const body = { session_id: first, session_key: key, site: "shop", stream: `load-${i}`, first: 1 };
      const event = { event_type: "page_view", page: `${shop.url}/` };
      const answer = await server.api("/track/event", { method: "POST", body: JSON.stringify({ ...body, ...event }) });
      expect(answer.status).toBe(200);
    }
    await page.goto(`${shop.url}/cart`);
    await page.click("#buy");
    await page.waitForFunction((id) => !localStorage.getItem("pulsegate.session.shop")?.includes(id), first);
    const second = await sessionIdOf(page);
    expect(second).not.toBe(first);
    await liveCount(server, second, "click", 1);
    expect((await live(server, second))?.counts).toMatchObject({ page_view: 1, click: 1 });
    await page.close();
  });

  test("goes on as a new session when theirs was erased, with what happens from then on", async () => {
    const { server } = setting;
    const page = await setting.visit();
    const first = await sessionIdOf(page);
    await liveCount(server, first, "page_view", 1);
    // Or it is the repeated start that hears of the erasure, and the event is in the next session already.
    await expect.poll(async () => (await live(server, first))?.fingerprint_id).toBeTruthy();
    const visitor = (await live(server, first))?.visitor_id;
    const erased = await server.api(`/analytics/visitors/${visitor}?site=shop`, { method: "DELETE" });
    expect(erased.ok).toBe(true);
    await page.evaluate(() => window.PulseGate?.track("for.the.erased"));
    await page.waitForFunction(() => !localStorage.getItem("pulsegate.session.shop"), null, { timeout: 20_000 });
    await page.evaluate(() => window.PulseGate?.track("after.that"));
    const second = await nextSessionIdOf(page, first);
    await liveCount(server, second, "after.that", 1);
    await page.close();
  });

  test("drops what can never be taken, and tells the server which numbers that were", async () => {
    const { server } = setting;
    const page = await setting.visit();
    const id = await sessionIdOf(page);
    await liveCount(server, id, "page_view", 1);
    await page.evaluate(() => window.PulseGate?.track("a\u0007b"));
    await page.waitForTimeout(1_000);
    await page.evaluate(() => window.PulseGate?.track("a.type"));
    await liveCount(server, id, "a.type", 1);
    expect((await live(server, id))?.completeness).toMatchObject({ received: 2, expected: 3, missing: 0, gone: 1 });
  });

  test("never sends what would make the server refuse a whole batch: data too deep, in a circle, or with __proto__", async () => {
    const { server, shop } = setting;
    const page = await setting.visit();
    const id = await sessionIdOf(page);
    await page.evaluate(() => {
      const nest = (levels: number): Record<string, unknown> =>
        levels > 1 ? { next: nest(levels - 1) } : { end: true };
      const circle: Record<string, unknown> = {};
      circle["self"] = circle;
      const { PulseGate } = window;
      PulseGate?.track("deep.enough", nest(29));
      PulseGate?.track("too.deep", nest(30));
      PulseGate?.track("circle", circle);
      PulseGate?.track("proto", JSON.parse('{"__proto__":{"polluted":true}}'));
      PulseGate?.track("last");
    });
    await liveCount(server, id, "last", 1);
    const known = await live(server, id);
    expect(Object.keys(known?.counts ?? {}).sort()).toEqual(["deep.enough", "last", "page_view"]);
    await setting.complete(page.context(), shop.url, id);
  });

  test("waits as long as the server asks for, and asks only once meanwhile", async () => {
    const { server } = setting;
    const context = await setting.visitor();
    const asked: number[] = [];
    await context.route("**/track/events/batch", async (route) => {
      asked.push(Date.now());
      const headers = { "Retry-After": "3", "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*" };
      if (asked.length > 1) return route.continue();
      return route.fulfill({ status: 429, headers, json: { code: "too_fast" } });
    });
    const page = await setting.visit(undefined, context);
    const id = await sessionIdOf(page);
    await page.click("#buy");
    await page.evaluate(() => window.PulseGate?.flush());
    await liveCount(server, id, "click", 1);
    const [first = 0, second = 0] = asked;
    expect(second - first).toBeGreaterThanOrEqual(3_000);
  });

  test("does not ask again after any other refusal", async () => {
    const context = await setting.visitor();
    let asked = 0;
    await context.route("**/track/events/batch", (route) => {
      asked++;
      return route.fulfill({ status: 403, headers: { "Access-Control-Allow-Origin": "*" }, json: { code: "no" } });
    });
    const page = await setting.visit(undefined, context);
    await page.waitForTimeout(3_000);
    expect(asked).toBe(1);
    await page.close();
  });

  test('does nothing until it is told to, with data-auto="false"', async () => {
    const { server } = setting;
    const manual = await setting.otherShop({ tag: 'data-auto="false"' });
    const context = await setting.visitor();
    const page = await context.newPage();
    const calls: string[] = [];
    page.on("request", (request) => calls.push(new URL(request.url()).pathname));
    await page.goto(manual.url);
    await page.waitForFunction(() => "PulseGate" in window);
    await page.evaluate(() => window.PulseGate?.track("before.init"));
    await page.click("#buy");
    await page.waitForTimeout(1_000);
    expect(calls.filter((path) => path.startsWith("/track/"))).toEqual([]);
    expect(await deviceKeys(context)).toEqual([]);

    await page.evaluate(() => window.PulseGate?.init({ site: "by-hand" }));
    const id = await sessionIdOf(page);
    await liveCount(server, id, "before.init", 1);
    expect(await live(server, id)).toMatchObject({ site: "by-hand", counts: { page_view: 1, "before.init": 1 } });
    await page.close();
  });

  test("keeps everything on the page while consent is pending, and clears the device when it is withdrawn", async () => {
    const { server } = setting;
    const strict = await setting.otherShop({ tag: 'data-consent="pending"' });
    const context = await setting.visitor();
    const page = await setting.visit(strict.url, context);
    const id = await sessionIdOf(page);
    await page.evaluate(() => window.PulseGate?.track("a.thing"));
    await page.waitForTimeout(1_000);
    expect(await live(server, id)).toBeNull();
    expect(await deviceKeys(context)).toEqual([]);

    await page.evaluate(() => window.PulseGate?.consent("granted"));
    await liveCount(server, id, "a.thing", 1);
    const known = await live(server, id);
    expect(known).toMatchObject({ consent: "granted", visitor_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(known?.completeness).toMatchObject({ received: 2, expected: 2, missing: 0 });
    expect(await deviceKeys(context)).toContain("pulsegate.visitor_secret");

    await page.evaluate(() => window.PulseGate?.consent("denied"));
    await page.waitForTimeout(1_000);
    expect(await live(server, id)).toMatchObject({ consent: "denied", visitor_id: null });
    expect(await deviceKeys(context)).toEqual([]);
    // The visit goes on, without anybody's name.
    await page.evaluate(() => window.PulseGate?.track("later"));
    await liveCount(server, id, "later", 1);
    await page.close();
  });

  test("forgets the visitor when the site's own settings name nobody", async () => {
    const { server } = setting;
    const settings = { allowed_origins: ["*"], default_consent: "denied" };
    await server.api("/analytics/sites/nameless", { method: "PUT", body: JSON.stringify(settings) });
    const shop = await setting.otherShop({ tag: 'data-site="nameless"' });
    const context = await setting.visitor();
    const page = await setting.visit(shop.url, context);
    await page.evaluate(() => window.PulseGate?.flush());
    await expect.poll(() => deviceKeys(context)).toEqual([]);
    await page.close();
  });
});
