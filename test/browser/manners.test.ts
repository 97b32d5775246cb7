import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { live, liveCount, session, storedEvents } from "./analytics";
import { createdIn, sessionIdOf } from "./created";
import { describeVisits, holdPicture, prepare, SLOW_PICTURE, started } from "./setting";

describeVisits("a tracker on somebody else's page", (setting) => {
  test("puts two names on the window, and throws nothing into the page", async () => {
    const { shop } = setting;
    const context = await setting.browser.newContext();
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(`${shop.url}/blank`);
    const before = await page.evaluate(() => Object.getOwnPropertyNames(window));
    await page.goto(shop.url);
    await started(page);
    const named = await page.evaluate(() => Object.getOwnPropertyNames(window));
    // `shop` and the like are the page's own ids; only real properties count.
    const added = named.filter((name) => !before.includes(name));
    expect(added.sort()).toEqual(["PulseGate", "PulseGateSession"]);
    await page.evaluate(() => {
      const { PulseGate } = window;
      PulseGate?.on("event", () => {
        throw new Error("a hook of the page's");
      });
      // What a page may get wrong.
      PulseGate?.track(undefined as unknown as string);
      PulseGate?.identify(null as unknown as Record<string, unknown>);
      PulseGate?.consent("perhaps" as unknown as "granted");
    });
    await page.waitForTimeout(500);
    expect(errors.filter((text) => !text.includes("favicon") && !text.includes("400"))).toEqual([]);
    await context.close();
  });

  test("works under a strict policy with a nonce, and where Trusted Types are required", async () => {
    const { server } = setting;
    const policy = [
      "default-src 'none'",
      "script-src 'nonce-abc'",
      "style-src 'unsafe-inline'",
      "frame-src 'self'",
      `connect-src ${server.url} ${server.url.replace("http", "ws")}`,
      "require-trusted-types-for 'script'",
    ].join("; ");
    const strict = await setting.otherShop({ tag: 'nonce="abc"', headers: { "Content-Security-Policy": policy } });
    const context = await setting.visitor();
    const page = await context.newPage();
    const violations: string[] = [];
    page.on("console", (message) => message.type() === "error" && violations.push(message.text()));
    const sockets: string[] = [];
    page.on("websocket", (socket) => void sockets.push(socket.url()));
    await page.goto(strict.url);
    await started(page);
    const id = await sessionIdOf(page);
    await page.click("#buy");
    await liveCount(server, id, "click", 1);
    await expect.poll(async () => (await live(server, id))?.fingerprint_id, { timeout: 15_000 }).toBeTruthy();
    await page.click("#buy");
    await expect.poll(() => sockets.length).toBeGreaterThan(0);
    expect(violations.filter((text) => /Content Security|Trusted/i.test(text) && !text.includes("favicon"))).toEqual(
      [],
    );
    await setting.depart(page, id);
  });

  test("works in an iframe of another site, where storage is partitioned, and with storage blocked", async () => {
    const { server, shop } = setting;
    const outside = await setting.otherShop({ tag: 'data-auto="false"', body: `<iframe src="${shop.url}"></iframe>` });
    const context = await setting.visitor();
    const page = await context.newPage();
    await page.goto(outside.url.replace("127.0.0.1", "localhost"));
    const frame = page.frames()[1];
    if (!frame) throw new Error("no frame");
    await frame.waitForFunction(() => "session_id" in window);
    const id = await frame.evaluate(() => (window as unknown as { session_id: string }).session_id);
    await liveCount(server, id, "page_view", 1);
    await page.close();

    const blocked = await setting.browser.newContext();
    await blocked.addInitScript(() => {
      const refuse = () => {
        throw new DOMException("blocked", "SecurityError");
      };
      Object.defineProperty(window, "localStorage", { get: refuse });
      Object.defineProperty(window, "PulseGate", {
        configurable: true,
        set(api: NonNullable<Window["PulseGate"]>) {
          Object.defineProperty(window, "PulseGate", { value: api });
          api.on("session", (session) => Object.assign(window, { session_id: session }));
        },
        get: () => undefined,
      });
    });
    const other = await blocked.newPage();
    await other.goto(shop.url);
    const session = await sessionIdOf(other);
    await other.click("#buy");
    await liveCount(server, session, "click", 1);
    expect(await sessionIdOf(other)).toBe(session);
    await blocked.close();
  });

  test("does nothing in a page that is only prepared, until somebody looks at it", async () => {
    const { server, shop } = setting;
    const context = await setting.visitor();
    await prepare(context);
    const page = await context.newPage();
    const calls: string[] = [];
    page.on("request", (request) => void calls.push(new URL(request.url()).pathname));
    await page.goto(shop.url);
    await page.waitForTimeout(1_000);
    expect(calls.filter((path) => path.startsWith("/track/"))).toEqual([]);
    expect(await createdIn(context, shop.url)).toEqual([]);
    await page.evaluate(() => document.dispatchEvent(new Event("look")));
    const id = await sessionIdOf(page);
    await liveCount(server, id, "page_view", 1);
    await setting.depart(page, id);
  });

  test("sends nothing before the page is idle but the page view, and stays out of the way of its cache", async () => {
    const { server, shop } = setting;
    const context = await setting.visitor();
    const page = await context.newPage();
    await page.goto(shop.url);
    await started(page);
    const order = await page.evaluate(() => {
      const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
      const files = performance.getEntriesByType("resource").map(({ name, startTime }) => ({ name, startTime }));
      return { loaded: navigation?.loadEventStart ?? 0, files };
    });
    // The page itself may ask for more, a favicon, of its own server.
    const early = order.files
      .filter(({ name, startTime }) => startTime < order.loaded && name.startsWith(server.url))
      .map(({ name }) => new URL(name).pathname);
    expect(early).toContain("/tracker.js");
    expect(early.filter((path) => path !== "/tracker.js" && path !== "/track/events/batch")).toEqual([]);
    await page.close();
  });

  test("asks nothing of the device while the page loads, and tells later what happened as it was", async () => {
    const { server } = setting;
    const busy = await setting.otherShop({ body: SLOW_PICTURE });
    const context = await setting.visitor();
    const arrive = await holdPicture(context);
    const page = await context.newPage();
    await page.addInitScript(() => {
      const acting = setInterval(() => {
        if (!window.PulseGate) return;
        clearInterval(acting);
        const data = { step: 1 };
        window.PulseGate.track("early.step", data);
        data.step = 2;
        // As many sites do with what a campaign has put there.
        history.replaceState({}, "", "/shoes");
        Object.assign(window, { kept: Object.keys(localStorage), acted: Date.now() });
      }, 1);
    });
    await page.goto(`${busy.url}/?utm_source=letter`, { waitUntil: "commit" });
    await page.waitForFunction(() => "acted" in window, null, { polling: 5 });
    const { kept, acted } = await page.evaluate(() => {
      const { kept, acted } = window as unknown as { kept: string[]; acted: number };
      return { kept, acted };
    });
    expect(kept).toEqual([]);
    arrive();
    const id = await sessionIdOf(page);
    await setting.depart(page, id);
    const created = await createdIn(context, busy.url);
    expect(created.slice(0, 3).map(({ at }) => at <= acted)).toEqual([true, true, true]);
    const [view, step, next] = (await storedEvents(server, id)).sort((a, b) => a.number - b.number);
    expect(view).toMatchObject({ event_type: "page_view", page: `${busy.url}/?utm_source=letter` });
    expect(step).toMatchObject({ event_type: "early.step", data: { step: 1 } });
    expect(next).toMatchObject({ event_type: "page_view", page: `${busy.url}/shoes` });
    expect(await session(server, id)).toMatchObject({ entry_page: `${busy.url}/?utm_source=letter` });
  });

  test("makes its first call once the page is idle, not while it is first shown", async () => {
    const { shop } = setting;
    const context = await setting.visitor();
    await context.addInitScript(() => {
      const { fetch } = window;
      let isShown = false;
      const early: string[] = [];
      Object.assign(window, { early });
      addEventListener(
        "pageshow",
        () => {
          isShown = true;
          setTimeout(() => {
            isShown = false;
          });
        },
        true,
      );
      window.fetch = (...call) => {
        if (isShown) early.push(String(call[0]));
        return fetch(...call);
      };
    });
    const page = await setting.visit(shop.url, context);
    expect(await page.evaluate(() => (window as unknown as { early: string[] }).early)).toEqual([]);
    await page.close();
  });

  test("loads the fingerprint with consent only, and the session learns it by a repeated start", async () => {
    const { server } = setting;
    const loads = async (tag: string): Promise<{ paths: string[]; id: string }> => {
      const shop = await setting.otherShop({ tag });
      const page = await setting.visit(shop.url);
      const id = await sessionIdOf(page);
      await page.waitForTimeout(1_500);
      const paths = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
      return { paths, id };
    };
    for (const consent of ["denied", "pending"]) {
      const { paths } = await loads(`data-consent="${consent}"`);
      expect(paths.filter((path) => path.endsWith("/fingerprint.js"))).toEqual([]);
    }
    const { paths, id } = await loads('data-consent="granted"');
    expect(paths.filter((path) => path.endsWith("/fingerprint.js"))).toHaveLength(1);
    // Nobody else is asked for anything.
    const others = paths.filter((path) => !path.startsWith(server.url) && !path.endsWith("/favicon.ico"));
    expect(others).toEqual([]);
    await expect.poll(async () => (await live(server, id))?.fingerprint_id, { timeout: 15_000 }).toMatch(/^[0-9a-f]+$/);
  });

  test("is a module too, that puts nothing on the window", async () => {
    const { server, shop } = setting;
    const code = readFileSync(new URL("../../dist/browser/module.js", import.meta.url), "utf8");
    const context = await setting.browser.newContext();
    await context.route("**/module.js", (route) => route.fulfill({ contentType: "text/javascript", body: code }));
    const page = await context.newPage();
    await page.goto(`${shop.url}/blank`);
    // As text: the tests' own bundler would make an import of its own out of it.
    const id = await page.evaluate<string>(`import("/module.js").then(({ init, on, track }) => {
      const session = new Promise((done) => on("session", done));
      init({ endpoint: ${JSON.stringify(server.url)}, site: "shop" });
      track("from.module");
      return session;
    })`);
    await liveCount(server, id, "from.module", 1);
    expect(await page.evaluate(() => "PulseGate" in window)).toBe(false);
    await context.close();
  });
});
