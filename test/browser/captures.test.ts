import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { live, liveCount, type StoredEvent, storedEvents } from "./analytics";
import { sessionIdOf } from "./created";
import { describeVisits, type Setting } from "./setting";

const BODY = `
  <button id="works" onclick="document.title += '.'">Works</button>
  <p><a id="out" href="https://elsewhere.example/page?q=1&amp;token=secret-token" target="_blank">Out</a>
  <a id="file" href="/prices.pdf">Prices</a> <a id="mail" href="mailto:someone@example.com">Write</a></p>
  <button id="named" data-pulse-event="plan.chosen" data-pulse-plan="pro" data-other="no">Choose</button>
  <div id="private" data-pulse-mask><b id="jane-doe" class="patient">Jane Doe, 4929 1111</b></div>
  <div data-pulse-ignore><button id="unseen">Ignored</button></div>
  <x-card id="card-host"></x-card><iframe id="frame" srcdoc="<button>Inside</button>"></iframe>`;

/** Leaves the page, and gives what the session's events say. */
async function leave(setting: Setting, page: Page, id: string): Promise<StoredEvent[]> {
  await setting.depart(page, id);
  return (await storedEvents(setting.server, id)).sort((a, b) => a.number - b.number);
}

const ofType = (events: StoredEvent[], type: string): StoredEvent[] =>
  events.filter(({ event_type }) => event_type === type);

describeVisits("what happens on a page", (setting) => {
  const visit = async (path = "/"): Promise<{ page: Page; id: string }> => {
    const shop = await setting.otherShop({ body: BODY });
    const page = await setting.visit(shop.url + path);
    return { page, id: await sessionIdOf(page) };
  };

  test("clicks: who made them, on what, and what they amount to", async () => {
    const { page, id } = await visit();
    await page.evaluate(() => document.addEventListener("click", (event) => event.preventDefault()));
    // In one call: a busy machine takes its time between two.
    await page.click("button.plain", { clickCount: 4, delay: 1 });
    await page.waitForTimeout(1_200);
    await page.click("#works");
    await page.waitForTimeout(1_200);
    for (const target of ["#out", "#file", "#mail", "#named"]) await page.click(target);
    await page.evaluate(() => document.querySelector<HTMLElement>("#buy")?.click());
    const events = await leave(setting, page, id);

    expect(ofType(events, "rage_click").map(({ element }) => element)).toEqual(["main#shop > p > button.plain"]);
    const dead = ofType(events, "dead_click").map(({ element }) => element);
    expect(dead).toContain("main#shop > p > button.plain");
    expect(dead).not.toContain("button#works");
    const outbound = ofType(events, "outbound").map(({ data }) => data);
    expect(outbound).toEqual([{ href: "https://elsewhere.example/page?q=1" }]);
    expect(ofType(events, "download")[0]?.data?.["href"]).toMatch(/\/prices\.pdf$/);
    expect(ofType(events, "plan.chosen")[0]?.data).toEqual({ plan: "pro" });
    const byScript = ofType(events, "click").filter(({ data }) => data?.["trusted"] === false);
    expect(byScript.map(({ element }) => element)).toEqual(["button#buy.primary.large"]);
  });

  test("a masked element is named as a whole, an ignored one not at all, and text never", async () => {
    const { page, id } = await visit();
    await page.click("#jane-doe");
    await page.click("#unseen");
    await page.evaluate(() => {
      const host = document.querySelector("x-card");
      const root = host?.attachShadow({ mode: "open" });
      const button = document.createElement("button");
      button.className = "inner";
      root?.append(button);
    });
    await page.click("x-card button");
    const events = await leave(setting, page, id);
    expect(ofType(events, "click").map(({ element }) => element)).toEqual([
      "div#private",
      "x-card#card-host > button.inner",
    ]);
    expect(JSON.stringify(events)).not.toMatch(/jane|doe|patient|4929|unseen/i);
  });

  test("the pointer's path is one event per flush, and somebody who only types is active too", async () => {
    const { page, id } = await visit();
    for (let i = 0; i < 12; i++) {
      await page.mouse.move(100 + 20 * i, 200 + 5 * i);
      await page.waitForTimeout(110);
    }
    await page.evaluate(() => window.PulseGate?.track("a.flush"));
    await liveCount(setting.server, id, "mousemove", 1);
    await page.keyboard.press("ArrowRight");
    await liveCount(setting.server, id, "mousemove", 2).catch(() => {});
    await page.waitForTimeout(1_000);
    const events = await leave(setting, page, id);
    const [moved, typed] = ofType(events, "mousemove").map((one) => one);
    const path = moved?.data?.["path"] as [number, number, number][];
    expect(path.length).toBeGreaterThan(5);
    expect(path.length).toBeLessThanOrEqual(50);
    expect(path[0]?.[0]).toBe(0);
    expect(path.slice(1).every(([dt]) => dt >= 99)).toBe(true);
    expect([moved?.x, moved?.y]).toEqual(path[path.length - 1]?.slice(1));
    expect(typed?.data).toEqual({ path: [] });
  });

  test("scrolling tells by whom, once for each new depth", async () => {
    const byScript = await visit();
    await byScript.page.evaluate(() => scrollTo(0, 2_000));
    await liveCount(setting.server, byScript.id, "scroll", 1);
    const [scripted] = ofType(await leave(setting, byScript.page, byScript.id), "scroll");
    expect(scripted?.data).toEqual({ input: false });

    const byHand = await visit();
    await byHand.page.mouse.wheel(0, 2_000);
    await liveCount(setting.server, byHand.id, "scroll", 1);
    const [wheeled] = ofType(await leave(setting, byHand.page, byHand.id), "scroll");
    expect(wheeled?.data).toBeNull();
    expect(wheeled?.scroll_percent).toBeGreaterThan(30);
  });

  test("scrolling within what takes most of the window counts, in a small list it does not", async () => {
    const body = `<style>html, body { margin: 0; overflow: hidden } section { height: 400px; overflow: auto }</style>
      <div style="position: fixed; inset: 0; background: white">
        <ul id="list" style="width: 200px; height: 100px; overflow: auto; margin: 0"><li style="height: 900px"></ul>
        <section id="app"><div style="height: 2000px"></div></section> <div id="host"></div>
      </div>
      <script>host.attachShadow({ mode: "open" });</script>`;
    const shop = await setting.otherShop({ body });
    const page = await setting.visit(shop.url);
    const id = await sessionIdOf(page);
    const wheel = async (target: string, down: number): Promise<void> => {
      await page.hover(target);
      await page.mouse.wheel(0, down);
      await page.waitForTimeout(800);
    };
    await wheel("#list", 900);
    for (const down of [400, -200, 100, 300]) await wheel("#app", down);
    await page.evaluate(() => {
      document.querySelector("#app")?.remove();
      const style = "height: 400px; overflow: auto";
      const root = document.querySelector("#host")?.shadowRoot;
      if (root) root.innerHTML = `<section id="inside" style="${style}"><div style="height: 2000px"></div></section>`;
    });
    await wheel("#inside", 1_600);
    const depths = ofType(await leave(setting, page, id), "scroll").map(({ scroll_percent }) => scroll_percent);
    expect(depths).toEqual([25, 38, 100]);
  });

  test("errors nobody caught, but not more than twenty; the first of each, and at the end how often it came", async () => {
    const { page, id } = await visit();
    await page.evaluate(() => {
      const fail = (): void => {
        throw new TypeError("no such shoe");
      };
      for (let i = 0; i < 3; i++) setTimeout(fail);
      void Promise.reject(new Error("nobody waited"));
      for (let i = 0; i < 30; i++)
        setTimeout(() => dispatchEvent(new ErrorEvent("error", { message: `again ${i}`, lineno: i + 1 })), 50);
    });
    await liveCount(setting.server, id, "error", 20);
    const errors = ofType(await leave(setting, page, id), "error").map(({ data }) => data);
    const shoe = { message: "Uncaught TypeError: no such :secret", line: expect.any(Number) };
    expect(errors).toHaveLength(21);
    expect(errors.filter((data) => data?.["count"] === undefined)).toHaveLength(20);
    expect(errors).toContainEqual(expect.objectContaining(shoe));
    expect(errors).toContainEqual(expect.objectContaining({ message: "Error: :secret" }));
    expect(errors[20]).toMatchObject({ ...shoe, count: 3 });
  });

  test("errors that are nobody's are not told, and take no place from others", async () => {
    const { page, id } = await visit();
    await page.evaluate(() => {
      const fail = (init: ErrorEventInit): unknown => dispatchEvent(new ErrorEvent("error", init));
      const error = Object.assign(new Error("gone"), {
        stack: "Error: gone\n    at f (chrome-extension://abc/a.js:1:2)",
      });
      for (let lineno = 1; lineno <= 20; lineno++) {
        fail({ message: "ResizeObserver loop completed with undelivered notifications.", lineno });
        fail({ message: "Script error.", lineno });
        fail({ message: "Uncaught Error: gone", filename: "moz-extension://abc/a.js", lineno });
        fail({ message: "Uncaught Error: gone", error, lineno });
      }
      const given = new AbortController();
      void fetch("/blank", { signal: given.signal });
      given.abort();
      void Promise.reject(error);
      fail({ message: "Script error.", filename: `${location.origin}/a.js` });
      setTimeout(() => fail({ message: "Uncaught TypeError: failed" }), 500);
    });
    await liveCount(setting.server, id, "error", 2);
    const errors = ofType(await leave(setting, page, id), "error").map(({ data }) => data?.["message"]);
    expect(errors).toEqual(["Script error.", "Uncaught TypeError: failed"]);
  });

  test("addresses come without what is secret in them", async () => {
    const { page, id } = await visit("/reset?email=jane%40doe.example&token=abc&ref=mail#access_token=xyz&a=b");
    await page.evaluate(() => history.pushState({}, "", "/list?page=2&api_key=k#part"));
    const events = await leave(setting, page, id);
    const pages = ofType(events, "page_view").map(({ page }) => page?.replace(/^http:\/\/[^/]+/, ""));
    expect(pages).toEqual(["/reset?ref=mail", "/list?page=2#part"]);
    expect(JSON.stringify([events, await live(setting.server, id)])).not.toMatch(/jane|abc|xyz|api_key/);
  });

  test("a page that comes back from the back/forward cache is viewed again", async () => {
    const { page, id } = await visit();
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
    const events = await leave(setting, page, id);
    expect(ofType(events, "page_view")).toHaveLength(2);
  });

  test("has left every event in D1 and in R2 exactly once", async () => {
    await setting.checkStores();
  });
});
