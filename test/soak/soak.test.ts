import { writeFileSync } from "node:fs";
import type { Browser, BrowserContext } from "playwright-core";
import { expect, test } from "vitest";
import { isGapFree, settled, storedIn, tally } from "../browser/analytics";
import { describeInChromium, launch } from "../browser/chromium";
import { createdIn, listenIn, sessionIdOf } from "../browser/created";
import { openProxy, seeded } from "../browser/proxy";
import { started } from "../browser/setting";
import { openShop, type Shop } from "../browser/shop";
import { type LocalServer, startServer } from "../local/server.ts";
import { SITUATIONS, type Situation } from "./situations";

/** `npm run soak:browser` sets these. */
const VISITS = Number(process.env["SOAK_VISITS"] ?? 40);
const SEED = Number(process.env["SOAK_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const REPORT = process.env["SOAK_REPORT"];

/** A visit mostly waits; with more at once two cores would be what holds it up. */
const AT_ONCE = 6;
/** With a page view and a last word for each of two pages: 20 events a visit. */
const TRACKED_A_PAGE = 8;

/** Two pages of eight events each, and gone. */
async function visit(context: BrowserContext, shop: Shop, situation: Situation, random: () => number): Promise<string> {
  const page = await context.newPage();
  await page.goto(shop.url);
  const id = await sessionIdOf(page);
  for (const path of ["/", "/cart"]) {
    if (path !== "/") await page.goto(`${shop.url}${path}`);
    await sessionIdOf(page);
    await situation.act?.(page);
    const pauses = Array.from({ length: TRACKED_A_PAGE }, () => 250 * random());
    await page.evaluate(async (waits) => {
      for (const [i, ms] of waits.entries()) {
        window.PulseGate?.track("soak.step", { i });
        await new Promise((done) => setTimeout(done, ms));
      }
    }, pauses);
  }
  await page.close();
  return id;
}

/** The visitor's next page, on a line that works: what has not arrived yet comes with it. */
async function comeBack(context: BrowserContext, shop: Shop): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${shop.url}/back`);
  await started(page);
  const isEmpty = () => !Object.keys(localStorage).some((key) => key.startsWith("pulsegate.queue"));
  await page.waitForFunction(isEmpty, null, { timeout: 60_000, polling: 200 });
  await page.close();
}

interface Visit {
  id: string;
  types: string[];
  situation?: string;
}

async function visitor(browser: Browser, shop: Shop, situation: Situation, random: () => number): Promise<Visit> {
  const context = await browser.newContext();
  await listenIn(context);
  await situation.prepare?.(context);
  const id = await visit(context, shop, situation, random);
  await comeBack(context, shop);
  const created = await createdIn(context, shop.url);
  await context.close();
  expect(created.every(({ session }) => session === id)).toBe(true);
  return { id, types: created.map(({ type }) => type) };
}

/** Waits for both stores to have everything, and for the session to say that nothing is missing. */
async function checkCompleteness(server: LocalServer, { id, types, situation }: Visit): Promise<void> {
  const { completeness } = await settled(server, id, types.length, { where: "both", ms: 120_000 });
  const all = { received: types.length, expected: types.length, missing: 0, rejected: 0, gone: 0 };
  expect(completeness, `${id}: ${situation}: ${types.join()}`).toMatchObject(all);
}

const sorted = (counts: Record<string, number>): string => JSON.stringify(Object.entries(counts).sort());

describeInChromium(`${VISITS} visits over a line that cuts, delays, duplicates and reorders`, () => {
  test(
    "leave every event in D1 exactly once, and every session says that it is complete",
    async () => {
      const began = Date.now();
      process.stderr.write(`SOAK_SEED=${SEED}\n`);
      const random = seeded(SEED);
      const server = await startServer({ env: { RATE_LIMIT: "off" }, lean: true });
      const proxy = await openProxy(server.url, random);
      const shop = await openShop(proxy.url, { back: server.url });
      const browser = await launch();
      const visits: Visit[] = [];
      try {
        let begun = 0;
        const worker = async (): Promise<void> => {
          while (begun < VISITS) {
            const situation = SITUATIONS[begun % SITUATIONS.length] as Situation;
            begun += 1;
            visits.push({ ...(await visitor(browser, shop, situation, random)), situation: situation.name });
            if (visits.length % 50 === 0) process.stderr.write(`${visits.length} of ${VISITS} visits\n`);
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE }, worker));
        for (const one of visits) await checkCompleteness(server, one);
        await server.kill();
        const result = { ...compare(await server.readStores(), visits), faults: proxy.faults, seed: SEED };
        if (REPORT) writeFileSync(REPORT, JSON.stringify({ ...result, seconds: (Date.now() - began) / 1_000 }));
        expect(result).toMatchObject({ visits: VISITS, lost: 0, twice: 0, unlike: 0 });
        expect(result.created).toBeGreaterThanOrEqual(20 * VISITS);
        for (const [fault, times] of Object.entries(proxy.faults)) expect(times, fault).toBeGreaterThan(0);
      } finally {
        await browser.close();
        await shop.close();
        await proxy.close();
        await server.stop();
      }
    },
    60_000 + VISITS * 15_000,
  );
});

/** Events created and not stored, stored more than once or under another number, and sessions whose two stores differ. */
function compare(stores: Awaited<ReturnType<LocalServer["readStores"]>>, visits: Visit[]) {
  const result = { visits: visits.length, created: 0, stored: 0, lost: 0, twice: 0, unlike: 0 };
  for (const { id, types } of visits) {
    const { d1, r2 } = storedIn(stores, id);
    const names = new Set(d1.map(({ stream, number }) => `${stream}/${number}`));
    result.created += types.length;
    result.stored += d1.length;
    result.twice += d1.length - names.size;
    result.lost += Math.max(0, types.length - names.size);
    const isAlike =
      isGapFree(d1) &&
      JSON.stringify(r2) === JSON.stringify(d1) &&
      sorted(tally(d1)) === sorted(tally(types.map((event_type) => ({ event_type }))));
    if (!isAlike) result.unlike++;
  }
  return result;
}
