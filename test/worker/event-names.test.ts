import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { BUDGETS } from "../../src/core/budget/name";
import { dayOf } from "../../src/data/store/archive-days";
import { rebuild } from "../../src/ops/rebuild";
import { WorkBudget } from "../../src/ops/work-budget";
import { readName } from "../../src/protocol/event-name";
import { ask, drain, entriesInR2, evict, KEY, liveOf, PAGE } from "../support/visit";
import { newId, taken } from "./helpers";

/** A name in any script is kept as it is, beside a slug of it by which everything is counted. */

const CART = readName("Cart Added");
const CHINESE = readName("购物车");
const MARKUP = readName("<img src=x onerror=alert(1)>");

const newSite = (): string => `s${newId()}`;

async function visit(site: string, names: readonly string[]): Promise<string> {
  const session_id = newId();
  const events = names.map((event_type) => ({ event_type }));
  await taken({ session_id, site, stream: "s1", first: 1, start: { page: PAGE }, events });
  return session_id;
}

interface Listed {
  data: Record<string, unknown>[];
}

const read = async (path: string): Promise<Listed> => (await ask(path, { headers: KEY })).json<Listed>();

const namesOn = async (site: string) =>
  (await env.DB.prepare("SELECT event_type, name FROM event_names WHERE site = ? ORDER BY name").bind(site).all())
    .results;

describe("events with free names", () => {
  it("are in the live view, the archive, the database and every list, by their names", async () => {
    const site = newSite();
    const id = await visit(site, ["Cart Added", "购物车", " Cart Added ", "cart_added", "click", "Page View"]);
    const live = await liveOf(id);
    expect(live?.unflushed.filter(({ kind }) => kind === "event")).toMatchObject([CART, CHINESE, CART, {}, {}, {}]);
    expect(live).toMatchObject({ page_views: 0, counts: { [CART.event_type]: 2, cart_added: 1, click: 1 } });
    await drain(id);
    const archived = (await entriesInR2(id)).filter(({ kind }) => kind === "event");
    expect(archived).toMatchObject([CART, CHINESE, CART, { event_type: "cart_added" }, {}, { name: "Page View" }]);
    expect(archived[3]).not.toHaveProperty("name");
    expect(await namesOn(site)).toEqual([CART, readName("Page View"), CHINESE]);

    const { data } = await read(`/analytics/sessions/${id}/events`);
    expect(data.map(({ event_type, name }) => [event_type, name])).toEqual([
      [CART.event_type, "Cart Added"],
      [CHINESE.event_type, "购物车"],
      [CART.event_type, "Cart Added"],
      ["cart_added", undefined],
      ["click", undefined],
      [readName("Page View").event_type, "Page View"],
    ]);
    for (const query of [`site=${site}`, `site=${site}&interval=hour`]) {
      const counted = (await read(`/analytics/events?${query}`)).data;
      expect(counted, query).toHaveLength(5);
      expect(counted, query).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ ...CART, events: 2 }),
          expect.objectContaining({ ...CHINESE, events: 1 }),
          expect.objectContaining({ event_type: "cart_added", events: 1 }),
        ]),
      );
      const csv = await (await ask(`/analytics/events?${query}`, { headers: { ...KEY, Accept: "text/csv" } })).text();
      expect(csv).toContain("event_type,name,events,sessions");
      expect(csv).toContain(`${CHINESE.event_type},购物车,1,1`);
      expect(csv).toContain("cart_added,,1,1");
    }
  });

  it("that a spreadsheet would run, or a browser, are text", async () => {
    const site = newSite();
    await drain(await visit(site, ["=1+1", "<img src=x onerror=alert(1)>"]));
    const response = await ask(`/analytics/events?site=${site}`, { headers: { ...KEY, Accept: "text/csv" } });
    const csv = await response.text();
    expect(csv).toContain(",'=1+1,");
    expect(csv).toContain(`${MARKUP.event_type},<img src=x onerror=alert(1)>,`);
    const found = await ask(`/analytics/events?site=${site}`, { headers: KEY });
    expect(found.headers.get("Content-Type")).toMatch(/^application\/json/);
  });

  it("are named on their own site only, by the first who said so", async () => {
    const [site, other] = [newSite(), newSite()];
    const id = await visit(site, ["Cart Added"]);
    await drain(id);
    await env.DB.prepare("INSERT INTO event_names VALUES (?, ?, 'Another')").bind(CART.event_type, other).run();
    expect((await read(`/analytics/events?site=${site}`)).data).toMatchObject([CART]);
    expect((await read(`/analytics/sessions/${id}/events`)).data).toMatchObject([CART]);
    await env.DB.prepare("UPDATE event_names SET name = 'First' WHERE site = ?").bind(site).run();
    await drain(await visit(site, ["Cart Added"]));
    expect(await namesOn(site)).toEqual([{ event_type: CART.event_type, name: "First" }]);
  });

  it("are the same after the session's memory is gone, and after a rebuild from the archive alone", async () => {
    const site = newSite();
    const id = await visit(site, ["Cart Added", "购物车"]);
    await evict(id);
    expect((await liveOf(id))?.counts).toEqual({ [CART.event_type]: 1, [CHINESE.event_type]: 1 });
    await drain(id);
    const listed = await read(`/analytics/sessions/${id}/events`);
    await env.DB.batch([
      env.DB.prepare("DELETE FROM event_names WHERE site = ?").bind(site),
      env.DB.prepare("DELETE FROM events WHERE session_id = ?").bind(id),
      env.DB.prepare("DELETE FROM sessions WHERE session_id = ?").bind(id),
    ]);
    const today = dayOf(Date.now());
    await rebuild(env, { from: today, to: today }, null, new WorkBudget({ calls: 10_000, ms: 600_000 }, Date.now()));
    expect(await read(`/analytics/sessions/${id}/events`)).toEqual(listed);
    expect(await namesOn(site)).toEqual([CART, CHINESE]);
  });

  it("that the archive alone is to hold are in no table", async () => {
    const site = newSite();
    const id = await visit(site, ["click"]);
    const batch = { session_id: id, site, stream: "s1", first: 2, events: [{ event_type: "Cart Added" }] };
    const known = Array.from({ length: 1_000 }, (_, i) => `kept.n${i}`);
    await env.BUDGET.getByName(BUDGETS).types(site, dayOf(Date.now()), known, { bucket: null, takes: true });
    await taken(batch);
    await drain(id);
    expect((await entriesInR2(id)).filter(({ kind }) => kind === "event")).toHaveLength(2);
    expect(await namesOn(site)).toEqual([]);
  });
});
