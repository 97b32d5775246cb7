import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { type LocalServer, startServer } from "../local/server.ts";
import { isGapFree, live, settled, storedIn, tally, until } from "./analytics";
import { describeInChromium, launch } from "./chromium";
import { createdIn, keyOf, listenIn } from "./created";
import { openShop, type Shop, type ShopOptions } from "./shop";

/** Server, shop and browser of one suite, and what its visits have left. */
export class Setting {
  server!: LocalServer;
  shop!: Shop;
  browser!: Browser;
  readonly #shops: Shop[] = [];
  /** What the pages of each session had recorded, to be found in both stores at the end. */
  readonly #visits = new Map<string, string[]>();

  async open(options: Parameters<typeof startServer>[0] = {}): Promise<void> {
    this.server = await startServer(options);
    this.shop = await this.otherShop();
    this.browser = await launch();
  }

  async close(): Promise<void> {
    await this.browser?.close();
    for (const shop of this.#shops) await shop.close();
    await this.server?.stop();
  }

  /** A shop of another origin; it closes with the suite. */
  async otherShop(options: ShopOptions = {}, tracker = this.server.url): Promise<Shop> {
    const shop = await openShop(tracker, options);
    this.#shops.push(shop);
    return shop;
  }

  /** A visitor of their own, whose pages are listened to. */
  async visitor(options: Parameters<Browser["newContext"]>[0] = {}): Promise<BrowserContext> {
    const context = await this.browser.newContext({ viewport: { width: 800, height: 600 }, ...options });
    await listenIn(context);
    return context;
  }

  /** A new visitor on a page whose tracker runs, with all of its files. `last`: as in {@link started}. */
  async visit(url = this.shop.url, visitor?: BrowserContext, last?: string): Promise<Page> {
    const page = await (visitor ?? (await this.visitor())).newPage();
    await page.goto(url);
    await started(page, last);
    return page;
  }

  /** Closes the page; what its visitor did must be settled, and counted as complete. */
  async depart(page: Page, id: string): Promise<string[]> {
    const context = page.context();
    const url = new URL(page.url()).origin;
    await page.close();
    return this.complete(context, url, id);
  }

  /** Ends a session that has all it will get, so that it is written out now and not a minute later. */
  async #end(context: BrowserContext, url: string, id: string): Promise<void> {
    const session_key = await keyOf(context, url, id);
    const count = (await createdIn(context, url)).filter(({ session }) => session === id).length;
    const known = await until(
      async () => {
        const now = await live(this.server, id);
        return now && now.events >= count && now;
      },
      45_000,
      `${count} events of ${id} live`,
    );
    // Its end would be told as one more event, of the form that nobody sent.
    if (!session_key || known.counts["form_focus"]) return;
    const body = JSON.stringify({ session_id: id, session_key, site: known.site });
    const answer = await this.server.api("/track/session/end", { method: "POST", body });
    expect(answer.status, await answer.text()).toBe(200);
  }

  /**
   * Session `id`, which ends here, has everything that the context's pages recorded for it, and says so. Returns the types of
   * what its visitor did: whether a page had measured itself by the time it was left is a matter of chance.
   */
  async complete(context: BrowserContext, url: string, id: string): Promise<string[]> {
    await this.#end(context, url, id);
    const types = (await createdIn(context, url)).filter(({ session }) => session === id).map(({ type }) => type);
    const { completeness } = await settled(this.server, id, types.length);
    const all = { received: types.length, expected: types.length, missing: 0, rejected: 0, gone: 0 };
    expect(completeness, types.join()).toMatchObject(all);
    this.#visits.set(id, types);
    return types.filter((type) => type !== "web_vitals");
  }

  /** Ends the server, and finds every visit's events in D1 and in R2: each once, none without its number. */
  async checkStores(): Promise<unknown> {
    expect(this.#visits.size).toBeGreaterThan(0);
    for (const [id, types] of this.#visits) {
      await settled(this.server, id, types.length, { where: "both", ms: 90_000 });
    }
    await this.server.kill();
    const stores = await this.server.readStores();
    for (const [id, types] of this.#visits) {
      const { d1, r2 } = storedIn(stores, id);
      expect(tally(d1)).toEqual(tally(types.map((event_type) => ({ event_type }))));
      expect(isGapFree(d1), JSON.stringify(d1)).toBe(true);
      expect(r2).toEqual(d1);
    }
    return stores;
  }
}

/** For the body of a shop: a picture that comes when it is told to; the page has not loaded before. */
export const SLOW_PICTURE = '<img src="/slow.png" alt="">';

/** Holds the slow picture back. Returns what lets it through. */
export async function holdPicture(context: BrowserContext): Promise<() => void> {
  let arrive = (): void => {};
  const arrival = new Promise<void>((done) => {
    arrive = done;
  });
  await context.route("**/slow.png", async (route) => {
    await arrival;
    await route.abort().catch(() => {});
  });
  return arrive;
}

/** Makes the visitor's pages prepared ones: the browser says so by the property, and then the event, which `look` brings. */
export const prepare = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    let isPrepared = true;
    Object.defineProperty(document, "prerendering", { get: () => isPrepared });
    document.addEventListener("look", () => {
      isPrepared = false;
      document.dispatchEvent(new Event("prerenderingchange", { bubbles: true }));
    });
  });

/** Waits until the page's tracker has loaded all it loads, `last` at the end, so that it captures everything. */
export const started = (page: Page, last = "/acts.js"): Promise<unknown> =>
  page.waitForFunction((end) => performance.getEntriesByType("resource").some(({ name }) => name.endsWith(end)), last, {
    timeout: 60_000,
  });

/** A suite in Chromium, with a setting of its own. `env`: variables of its server. */
export function describeVisits(name: string, body: (setting: Setting) => void, env: Record<string, string> = {}): void {
  describeInChromium(name, () => {
    const setting = new Setting();
    beforeAll(() => setting.open({ lean: true, env }));
    afterAll(() => setting.close());
    body(setting);
  });
}
