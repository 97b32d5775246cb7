import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { live, liveCount, session, storedEvents, until } from "./analytics";
import { createdIn, nextSessionIdOf, sessionIdOf } from "./created";
import { describeVisits, prepare, started } from "./setting";

/** Situations on other people's pages that other trackers count wrong. */

describeVisits("what is counted on other people's pages", (setting) => {
  const pagesOf = async (id: string, url: string): Promise<(string | undefined)[]> => {
    const events = (await storedEvents(setting.server, id)).sort((a, b) => a.number - b.number);
    return events
      .filter(({ event_type }) => event_type === "page_view")
      .map(({ page }) => page?.replace(url, "").replace("http://127.0.0.1", ""));
  };

  test("two tabs from two links of one campaign are two sessions, however their events follow each other", async () => {
    const { server, shop } = setting;
    const context = await setting.visitor();
    const a = await setting.visit(`${shop.url}/?utm_source=ads&utm_content=a`, context);
    const first = await sessionIdOf(a);
    await liveCount(server, first, "page_view", 1);
    const b = await setting.visit(`${shop.url}/?utm_source=ads&utm_content=b`, context);
    const second = await sessionIdOf(b);
    expect(second).not.toBe(first);
    for (let i = 0; i < 3; i++) {
      await a.click("#buy");
      await b.click("#buy");
    }
    await a.evaluate(() => history.pushState({}, "", "/shoes?utm_source=ads&utm_content=a"));
    await liveCount(server, second, "page_view", 2);
    await liveCount(server, second, "click", 6);
    await a.close();
    await setting.depart(b, second);
    const told = await createdIn(context, shop.url);
    expect(new Set(told.map((one) => one.session))).toEqual(new Set([first, second]));
    expect(await live(server, second)).toMatchObject({ counts: { click: 6, page_view: 2 } });
  });

  test("a campaign outlives a form that carries it, and what a form has chosen is not private", async () => {
    const body = `<form action="/found"><input type="hidden" name="utm_source" value="letter"><input type="hidden" name="id" value="7">
      <select name="variant"><option>red</option></select><input name="q"><button id="go">Go</button></form>`;
    const shop = await setting.otherShop({ body });
    const context = await setting.visitor();
    const page = await setting.visit(shop.url, context);
    const first = await sessionIdOf(page);
    await page.fill('[name="q"]', "jane doe");
    await Promise.all([page.waitForURL("**/found*"), page.click("#go")]);
    await started(page);
    const second = await nextSessionIdOf(page, first);
    await setting.complete(context, shop.url, first);
    const later = await setting.visit(`${shop.url}/?utm_source=news&id=8&q=jane`, context);
    const third = await nextSessionIdOf(later, second);
    await page.close();
    await setting.complete(context, shop.url, second);
    await setting.depart(later, third);
    expect(await pagesOf(second, shop.url)).toEqual(["/found?utm_source=letter&id=7&variant=red"]);
    expect(await pagesOf(third, shop.url)).toEqual(["/?utm_source=news&id=8"]);
  });

  test("a view is another path or query: no place within the page, and not the same without its campaign", async () => {
    const { server, shop } = setting;
    const page = await setting.visit(`${shop.url}/docs?utm_source=mail&token=abc123`);
    const id = await sessionIdOf(page);
    await page.evaluate(() => {
      history.replaceState({}, "", "/docs");
      for (let i = 0; i < 10; i++) history.replaceState({}, "", `#sec-${i}`);
      location.hash = "sec-3";
    });
    await setting.depart(page, id);
    expect(await pagesOf(id, shop.url)).toEqual(["/docs?utm_source=mail"]);
    expect(await session(server, id)).toMatchObject({ page_views: 1 });
  });

  test("a view is counted however the page has moved", async () => {
    const { shop } = setting;
    const context = await setting.visitor();
    await context.addInitScript(() => {
      // A router from before the tag.
      const push = history.pushState.bind(history);
      Object.assign(window, { push: (to: string) => push({}, "", to) });
    });
    const page = await setting.visit(shop.url, context);
    const id = await sessionIdOf(page);
    await page.evaluate(`(async () => {
      push("/a");
      navigation.addEventListener("navigate", (event) => event.canIntercept && !event.hashChange && event.intercept({ async handler() {} }));
      await navigation.navigate("/b").finished;
      document.querySelector("#next").click();
      await new Promise((done) => setTimeout(done, 200));
      await navigation.back().finished;
    })()`);
    await setting.depart(page, id);
    expect(await pagesOf(id, shop.url)).toEqual(["/", "/a", "/b", "/cart?step=1", "/b"]);
  });

  test("a view is counted where the browser has no Navigation API, from its first call on", async () => {
    const { shop } = setting;
    const context = await setting.visitor();
    await context.addInitScript(() => Object.defineProperty(window, "navigation", { value: undefined }));
    const page = await setting.visit(shop.url, context);
    const id = await sessionIdOf(page);
    await page.evaluate(() => {
      history.pushState({}, "", "/a");
      history.replaceState({}, "", "/b?x=1");
      history.replaceState({}, "", "/b?x=1#here");
      history.back();
    });
    await page.waitForURL(`${shop.url}/`);
    await setting.depart(page, id);
    expect(await pagesOf(id, shop.url)).toEqual(["/", "/a", "/b?x=1", "/"]);
  });

  test("routes in the hash are pages where the tag says so", async () => {
    const { server } = setting;
    const shop = await setting.otherShop({ tag: "data-hash" });
    const page = await setting.visit(`${shop.url}/app#top`);
    const id = await sessionIdOf(page);
    await page.evaluate(() => {
      location.hash = "#total";
      location.hash = "#/cart?page=2";
      location.hash = "#/cart?page=3";
      location.hash = "#!/pay";
    });
    await setting.depart(page, id);
    expect(await pagesOf(id, shop.url)).toEqual(["/app#top", "/app#/cart?page=2", "/app#/cart?page=3", "/app#!/pay"]);
    expect(await session(server, id)).toMatchObject({ page_views: 4, exit_page: `${shop.url}/app#!/pay` });
  });

  test("a session that begins after half an hour on the same page was brought by nothing", async () => {
    const { server, shop } = setting;
    const context = await setting.visitor();
    const page = await context.newPage();
    await page.goto(shop.url, { referer: "https://www.google.com/" });
    await started(page);
    const first = await sessionIdOf(page);
    await liveCount(server, first, "page_view", 1);
    await page.evaluate(() => {
      const key = "pulsegate.session.shop";
      const known = JSON.parse(localStorage.getItem(key) ?? "{}");
      localStorage.setItem(key, JSON.stringify({ ...known, at: Date.now() - 31 * 60_000 }));
    });
    await page.evaluate(() => history.pushState({}, "", "/shoes"));
    const second = await nextSessionIdOf(page, first);
    await liveCount(server, second, "page_view", 1);
    await setting.depart(page, second);
    await setting.complete(context, shop.url, first);
    expect(await session(server, first)).toMatchObject({ channel: "organic_search", source: "google" });
    expect(await session(server, second)).toMatchObject({ channel: "direct" });
  });

  test("a page that has the scripts twice, in any mixture, counts once", async () => {
    const { server } = setting;
    const code = readFileSync(new URL("../../dist/browser/module.js", import.meta.url), "utf8");
    const pulse = `<script async src="${server.url}/pulse.js" data-site="shop"></script>`;
    const form = `<script async src="${server.url}/form.js"></script>`;
    const fields = '<form id="ask"><input name="topic"></form>';
    for (const more of [pulse, form, form + form, form + pulse]) {
      const shop = await setting.otherShop({ script: "pulse.js", body: fields + more });
      const context = await setting.visitor();
      await context.route("**/module.js", (route) => route.fulfill({ contentType: "text/javascript", body: code }));
      const page = await setting.visit(shop.url, context);
      await page.waitForLoadState("load");
      const id = await sessionIdOf(page);
      await page.evaluate(`import("/module.js").then(({ init, track }) => {
        init({ endpoint: ${JSON.stringify(server.url)}, site: "other" });
        track("by.module");
      })`);
      await page.click('[name="topic"]');
      await liveCount(server, id, "form_focus", 1);
      await liveCount(server, id, "by.module", 1);
      await page.waitForTimeout(500);
      expect(await live(server, id)).toMatchObject({
        counts: { page_view: 1, click: 1, form_focus: 1, "by.module": 1 },
      });
      await page.close();
    }
  });

  test("a bundle's module that comes before the tag is the page's tracker", async () => {
    const { server } = setting;
    const code = readFileSync(new URL("../../dist/browser/module.js", import.meta.url), "utf8");
    const context = await setting.visitor();
    await context.route("**/module.js", (route) => route.fulfill({ contentType: "text/javascript", body: code }));
    const page = await context.newPage();
    await page.goto(`${setting.shop.url}/blank`);
    await page.evaluate(
      `import("/module.js").then(({ init }) => init({ endpoint: ${JSON.stringify(server.url)}, site: "shop" }))`,
    );
    await page.evaluate((src) => {
      const tag = Object.assign(document.createElement("script"), { src });
      tag.dataset["site"] = "shop";
      document.head.append(tag);
    }, `${server.url}/tracker.js`);
    await started(page);
    const id = await sessionIdOf(page);
    await page.evaluate(() => window.PulseGate?.track("by.tag"));
    await liveCount(server, id, "by.tag", 1);
    expect(await live(server, id)).toMatchObject({ counts: { page_view: 1, "by.tag": 1 } });
    await context.close();
  });

  test("what a firewall or a captive portal answers is no answer", async () => {
    const { server, shop } = setting;
    const context = await setting.visitor();
    const html = "<h1>Forbidden</h1>";
    const theirs = [
      { status: 403, contentType: "text/html", body: html },
      { status: 200, contentType: "text/html", body: html },
      { status: 403, contentType: "application/json", body: JSON.stringify({ code: "Forbidden", message: "WAF" }) },
      { status: 404, contentType: "text/plain", body: "" },
    ];
    await context.route("**/track/events/batch", (route) => {
      const answer = theirs.shift();
      if (!answer) return route.continue();
      return route.fulfill({ ...answer, headers: { "Access-Control-Allow-Origin": "*" } });
    });
    const page = await setting.visit(shop.url, context);
    const id = await sessionIdOf(page);
    await until(() => Promise.resolve(theirs.length === 0), 60_000, "all of their answers");
    await liveCount(server, id, "page_view", 1);
    await setting.depart(page, id);
  });

  test("what was dropped before a move counts as lost in the next session", async () => {
    const { server, shop } = setting;
    const context = await setting.visitor();
    await context.routeWebSocket(/.*/, (socket) => socket.close());
    const problem = (status: number, code: string) => ({
      status,
      contentType: "application/problem+json",
      body: JSON.stringify({ code }),
      headers: { "Access-Control-Allow-Origin": "*" },
    });
    const ours = [null, problem(400, "invalid_request"), problem(404, "session_unknown")];
    await context.route("**/track/events/batch", (route) => {
      const answer = ours.shift();
      return answer ? route.fulfill(answer) : route.continue();
    });
    const page = await setting.visit(shop.url, context);
    const first = await sessionIdOf(page);
    await liveCount(server, first, "page_view", 1);
    await page.evaluate(() => window.PulseGate?.track("refused.one"));
    await until(() => Promise.resolve(ours.length === 1), 10_000, "the refusal");
    await page.evaluate(() => window.PulseGate?.track("moved.one"));
    const second = await nextSessionIdOf(page, first);
    await liveCount(server, second, "moved.one", 1);
    expect((await live(server, second))?.completeness).toMatchObject({ expected: 2, received: 1, gone: 1, missing: 0 });
    await page.close();
  });

  test("events arrive from a page that has made lists and texts its own", async () => {
    const { server, shop } = setting;
    const context = await setting.browser.newContext();
    // As Prototype.js 1.6 and its kind did.
    await context.addInitScript(() => {
      const list = Array.prototype as unknown as Record<string, unknown>;
      list["toJSON"] = function (this: unknown[]) {
        return `list:${this.join()}`;
      };
      list["entries"] = function (this: unknown[]) {
        return [...this];
      };
      list["reduce"] = function (this: unknown[]) {
        return this.length > 1 ? this : this[0];
      };
      for (const type of [String, Number, Boolean]) {
        (type.prototype as { toJSON?: unknown }).toJSON = () => "patched";
      }
      Array.from = ((given: unknown) => [given]) as typeof Array.from;
    });
    const page = await setting.visit(shop.url, context);
    // Told by the page as a text: what a test asks for comes as JSON.
    await page.evaluate(`PulseGate.on("session", (id) => { document.title = id; })`);
    await page.waitForFunction(`document.title.length === 36`);
    const id = await page.title();
    await page.click("#buy");
    await page.evaluate(`PulseGate.track("list.made", { list: [1, "two", ["three"]], at: new Date(0) })`);
    await liveCount(server, id, "list.made", 1);
    expect(await page.evaluate(`JSON.stringify([1])`)).toBe('"list:1"');
    await page.evaluate(`PulseGate.end()`);
    await until(async () => (await live(server, id))?.ended_at, 10_000, "the end");
    await context.close();
    const made = await until(
      async () => (await storedEvents(server, id)).find(({ event_type }) => event_type === "list.made"),
      90_000,
      "the event in D1",
    );
    expect(made.data).toEqual({ list: [1, "two", ["three"]], at: "1970-01-01T00:00:00.000Z" });
  });

  test("a page that was prepared starts when it is told to, after somebody has looked at it", async () => {
    const { server } = setting;
    const shop = await setting.otherShop({ tag: 'data-auto="false"' });
    const context = await setting.visitor();
    await prepare(context);
    const page = await context.newPage();
    await page.goto(shop.url);
    await page.waitForFunction(() => window.PulseGate);
    await page.evaluate(() => document.dispatchEvent(new Event("look")));
    await page.evaluate(() => window.PulseGate?.init());
    const id = await sessionIdOf(page);
    await liveCount(server, id, "page_view", 1);
    await started(page);
    await setting.depart(page, id);
  });

  test("calls that the page makes before the script is there are made by it, as the README says", async () => {
    const { server } = setting;
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, snippet = ""] = /<script>\n([^<]+)<\/script>/.exec(readme) ?? [];
    expect(snippet).toContain("PulseGate.track(");
    const keep = 'const kept = window.PulseGate; kept.on("session", (id) => Object.assign(window, { told: id }));';
    const shop = await setting.otherShop({ body: `<script>${snippet}; ${keep}</script>` });
    const context = await setting.browser.newContext();
    let arrive = (): void => {};
    const arrival = new Promise<void>((done) => {
      arrive = done;
    });
    await context.route("**/tracker.js", async (route) => {
      await arrival;
      await route.continue();
    });
    const page = await context.newPage();
    await page.goto(shop.url, { waitUntil: "commit" });
    await page.waitForFunction(() => window.PulseGate?.q?.length === 3);
    arrive();
    const id = await page.waitForFunction(() => (window as { told?: string }).told).then((told) => told.jsonValue());
    if (!id) throw new Error("no session");
    // By the object that was there before.
    await page.evaluate('kept.track("late.one"); kept.track(null); PulseGate.track("last.one")');
    await liveCount(server, id, "last.one", 1);
    expect(await live(server, id)).toMatchObject({
      traits: { plan: "pro" },
      counts: { "shop.add_to_cart": 1, "late.one": 1 },
    });
    await context.close();
  });

  test("a visit of several pages is one where the device's storage is full, and is gone with a refusal", async () => {
    const { server, shop } = setting;
    const context = await setting.browser.newContext();
    await context.addInitScript(() => {
      Storage.prototype.setItem = new Proxy(Storage.prototype.setItem, {
        apply(setItem, storage: Storage, pair: [string, string]) {
          if (storage === localStorage) throw new DOMException("full", "QuotaExceededError");
          return Reflect.apply(setItem, storage, pair);
        },
      });
      document.addEventListener("DOMContentLoaded", () => {
        const told = setInterval(() => {
          if (!window.PulseGate) return;
          clearInterval(told);
          window.PulseGate.on("session", (id) => Object.assign(window, { session_id: id }));
        }, 1);
      });
    });
    const page = await context.newPage();
    await page.goto(`${shop.url}/?utm_source=mail`);
    await started(page);
    const first = await sessionIdOf(page);
    await page.goto(`${shop.url}/shoes`);
    await started(page);
    expect(await sessionIdOf(page)).toBe(first);
    await liveCount(server, first, "page_view", 2);
    const { visitor_id } = (await live(server, first)) ?? {};
    expect(visitor_id).toBeTruthy();
    await page.evaluate(() => window.PulseGate?.consent("denied"));
    await until(() => page.evaluate(() => sessionStorage.length === 0), 5_000, "an empty tab");
    await context.close();
  });

  test("has left every event in D1 and in R2 exactly once", async () => {
    await setting.checkStores();
  });
});
