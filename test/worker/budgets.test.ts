import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { BUDGETS } from "../../src/core/budget/name";
import type { Spending } from "../../src/core/budget/spending";
import { placeOf } from "../../src/core/identity/name";
import { limitedAddress } from "../../src/core/network/address";
import { ADDRESS_LEAD_BYTES_PER_HOUR } from "../../src/edge/http/spending";
import { CHARGE_SESSION_BYTES, DATABASE_SHED_BYTES, SITE_MAX_TYPES } from "../../src/limits";
import { dayOf } from "../../src/time";
import { faults, resetFaults } from "../support/faults";
import { newSite } from "../support/leads";
import {
  ask,
  callOf,
  entriesInR2,
  evict,
  inD1,
  KEY,
  liveOf,
  PAGE,
  post,
  someEvents,
  stubOf,
  tablesOf,
} from "../support/visit";
import {
  BATCH,
  batchOf,
  clicks,
  flushed,
  frameOf,
  newId,
  problemOf,
  read,
  START,
  taken,
  trackSocket,
  upgrade,
} from "./helpers";

afterEach(resetFaults);

const MB = 1_000_000;
const LARGE = 5_000 * MB;

/** A site whose budgets are large but for what a test says. */
const siteWith = (budgets: object, more: object = {}): Promise<string> =>
  newSite([], {
    budgets: { session_bytes_per_hour: LARGE, address_bytes_per_hour: LARGE, site_bytes_per_day: LARGE, ...budgets },
    ...more,
  });

/** A batch of some 240 KB. */
const heavy = (session_id: string, first = 1) =>
  batchOf(session_id, { first, events: Array.from({ length: 100 }, (_, i) => fat(first + i)) });
const fat = (i: number) => ({ event_type: "shop.fat", data: { i, text: "x".repeat(2_300) } });

const send = (site: string, body: object, ip: string) => post(`${BATCH}?site=${site}`, body, { ip });

/** The session's word has reached its address's shard, and what that knows has come back. */
async function told(): Promise<void> {
  await Promise.allSettled(faults.spendings.splice(0));
  await scheduler.wait(0);
}

async function spend(site: string, session_id: string, ip: string, batches: number, from = 0): Promise<void> {
  for (let i = from; i < from + batches; i++) {
    const response = await send(site, heavy(session_id, i * 100 + 1), ip);
    expect(response.status, await response.text()).toBe(200);
    await told();
  }
}

describe("a session's budget", () => {
  it("that is spent answers 429 for at most an hour, and nobody else's is", async () => {
    const site = await siteWith({ session_bytes_per_hour: 220_000 });
    const [mine, other] = [newId(), newId()];
    const ip = "198.51.100.7";
    await spend(site, mine, ip, 5);
    const response = await send(site, heavy(mine, 501), ip);
    const wait = Number(response.headers.get("Retry-After"));
    await problemOf(response, "budget_spent");
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(3_600);
    expect((await liveOf(mine))?.events).toBe(500);
    await taken(batchOf(other), `${BATCH}?site=${site}`);
  });

  it("outlives its actor's memory", async () => {
    const site = await siteWith({ session_bytes_per_hour: 220_000 });
    const mine = newId();
    await spend(site, mine, "198.51.100.8", 5);
    await flushed(mine);
    await evict(mine);
    await problemOf(await send(site, heavy(mine, 501), "198.51.100.8"), "budget_spent");
  });

  it("that is spent does not keep a visitor from withdrawing, who is asked meanwhile", async () => {
    const site = await siteWith({ session_bytes_per_hour: 220_000 });
    const mine = newId();
    const ip = "198.51.100.10";
    await spend(site, mine, ip, 4);
    const start = (consent: string) => post(`${START}?site=${site}`, { page: PAGE, session_id: mine, consent }, { ip });
    expect((await start("pending")).status).toBe(200);
    // Each call counts, until there is nothing left.
    for (let i = 0; i < 110 && (await start("pending")).status === 200; i++);
    expect((await start("pending")).status).toBe(429);
    expect((await start("denied")).status).toBe(200);
    expect((await liveOf(mine))?.consent).toBe("denied");
  });

  it("that is spent does not keep a visitor from withdrawing", async () => {
    const site = await siteWith({ session_bytes_per_hour: 220_000 });
    const mine = newId();
    await spend(site, mine, "198.51.100.9", 5);
    const start = { page: PAGE, session_id: mine, consent: "denied" };
    expect((await post(`${START}?site=${site}`, start, { ip: "198.51.100.9" })).status).toBe(200);
    expect((await liveOf(mine))?.consent).toBe("denied");
    await problemOf(await post(`${START}?site=${site}`, start, { ip: "198.51.100.9" }), "budget_spent");
  });
});

describe("an address's budget", () => {
  it("counts a session with its first call, before anything is written", async () => {
    const site = await siteWith({ site_bytes_per_day: 200_000 });
    await taken({ session_id: newId(), page: PAGE }, `${START}?site=${site}`, { ip: "198.51.99.7" });
    await vi.waitFor(async () =>
      expect(await env.BUDGET.getByName(BUDGETS).spent(site)).toBeGreaterThanOrEqual(CHARGE_SESSION_BYTES),
    );
  });

  it("that one site has spent up is no matter of a site that lets it spend more", async () => {
    const strict = await siteWith({ address_bytes_per_hour: 200_000 });
    const other = await siteWith({});
    const ip = "198.51.98.7";
    await spend(strict, newId(), ip, 4);
    await problemOf(await send(strict, batchOf(newId()), ip), "budget_spent");
    await taken(batchOf(newId()), `${BATCH}?site=${other}`, { ip });
  });

  it("is none where a server sends with a key", async () => {
    const spending: Spending = {
      v: 1,
      sender: null,
      site: "shop",
      bytes: 100 * MB,
      address_hour: MB,
      site_day: LARGE,
      of: "leads",
    };
    const shard = env.IDENTITY.getByName("addresses/3");
    for (const of of ["leads", "leads", "calls", "calls"] as const)
      expect((await shard.spend({ ...spending, of })).wait).toBe(0);
  });

  it("of leads is not spent by those that are refused", async () => {
    const spending: Spending = {
      v: 1,
      of: "leads",
      sender: "198.51.97.0/24",
      site: "shop",
      bytes: 6 * MB,
      address_hour: MB,
      site_day: LARGE,
    };
    const shard = env.IDENTITY.getByName("addresses/4");
    const first = await shard.spend(spending);
    for (let i = 0; i < 20; i++) await shard.spend(spending);
    expect((await shard.spend(spending)).wait).toBeLessThanOrEqual(first.wait);
  });

  it("is not remembered for a session of others, whose id somebody knows", async () => {
    const site = await siteWith({ address_bytes_per_hour: 200_000 });
    const victim = newId();
    const session_key = "k".repeat(32);
    const key = { session_key, start: { page: PAGE, session_key } };
    await taken(batchOf(victim, key), `${BATCH}?site=${site}`, { ip: "198.51.96.7" });
    await spend(site, newId(), "198.51.95.7", 4);
    const planted = await post(`${BATCH}?site=${site}`, batchOf(victim, { stream: "x" }), {
      ip: "198.51.95.7",
      headers: { "Sec-GPC": "1" },
    });
    await problemOf(planted, "session_key_invalid");
    await taken(batchOf(victim, { ...key, first: 2 }), `${BATCH}?site=${site}`, { ip: "198.51.96.7" });
  });

  it("that is spent refuses its sessions, and new ones before an actor wakes; a neighbour is taken", async () => {
    const site = await siteWith({ address_bytes_per_hour: 200_000 });
    const [one, two, three] = [newId(), newId(), newId()];
    const ip = "198.51.101.7";
    await spend(site, one, ip, 2);
    await spend(site, two, ip, 2);
    const response = await send(site, heavy(two, 201), ip);
    expect(Number(response.headers.get("Retry-After"))).toBeLessThanOrEqual(3_600);
    await problemOf(response, "budget_spent");
    // Of the same network: budgets are of a /24.
    await problemOf(await send(site, batchOf(three), "198.51.101.99"), "budget_spent");
    expect(await tablesOf(three)).toEqual([]);
    await taken(batchOf(newId()), `${BATCH}?site=${site}`, { ip: "198.51.102.7" });
  });

  it("is told to the edge, for those who have not asked its actors yet", async () => {
    const site = await siteWith({ address_bytes_per_hour: 200_000 });
    await spend(site, newId(), "198.51.103.7", 4);
    const counter = JSON.parse((await env.TRACKING_KV.get("ip:198.51.103.0/24")) ?? "{}") as { spent_until?: number };
    expect(counter.spent_until).toBeGreaterThan(Date.now());
    expect(counter.spent_until).toBeLessThanOrEqual(Date.now() + 3_600_000);
  });

  it("counts IPv6 by /48, and never stores an address in the clear where a site stores hashes", async () => {
    const address = "2001:db8:7:1::1";
    expect(await limitedAddress(address, "full", "secret")).toBe("2001:db8:7::/48");
    expect(await limitedAddress(address, "masked", "secret")).toBe("2001:db8:7::/48");
    const hashed = await limitedAddress(address, "hashed", "secret");
    expect(hashed).toMatch(/^h:[0-9a-f]{32}$/);
    expect(await limitedAddress("2001:db8:7:9::2", "hashed", "secret")).toBe(hashed);
    expect(await limitedAddress("2001:db8:8::1", "hashed", "secret")).not.toBe(hashed);
    expect(await limitedAddress("no address", "masked", "secret")).toBeNull();
  });

  it("of leads is another: floods of events keep nobody's lead out, and floods of leads are refused", {
    timeout: 90_000,
  }, async () => {
    const site = await siteWith({ address_bytes_per_hour: 200_000 });
    const ip = "198.51.104.7";
    await spend(site, newId(), ip, 4);
    const lead = (n: number) => post(`/lead?site=${site}`, { email: `n${n}@person.example` }, { ip });
    expect((await lead(0)).status).toBe(202);
    const { shard } = placeOf(env.IDENTITY, "address", "198.51.104.0/24", site);
    await env.IDENTITY.getByName(shard).spend({
      v: 1,
      of: "leads",
      sender: "198.51.104.0/24",
      site,
      bytes: 100 * MB,
      address_hour: ADDRESS_LEAD_BYTES_PER_HOUR,
      site_day: LARGE,
    });
    await problemOf(await lead(1), "budget_spent");
    expect((await post(`/lead?site=${site}`, { email: "other@person.example" }, { ip: "198.51.105.7" })).status).toBe(
      202,
    );
  });
});

describe("a site's budget", () => {
  /** Shards add up what they have counted behind their answers. */
  const spentOver = (site: string, bytes: number): Promise<void> =>
    vi.waitFor(async () => expect(await env.BUDGET.getByName(BUDGETS).spent(site)).toBeGreaterThan(bytes));
  const say = (site: string, bytes: number) =>
    env.BUDGET.getByName(BUDGETS).add({ day: dayOf(Date.now()), sums: { [site]: bytes } });

  it("refuses nothing: the heaviest session's events go to the archive only, and are counted", async () => {
    const site = await siteWith({ site_bytes_per_day: 2 * MB });
    const [visitor, attacker] = [newId(), newId()];
    await spend(site, attacker, "198.51.106.7", 8);
    await spentOver(site, MB);
    await taken(batchOf(visitor, { events: clicks(5) }), `${BATCH}?site=${site}`, { ip: "198.51.107.7" });
    await spend(site, attacker, "198.51.106.7", 2, 8);
    for (const id of [attacker, visitor]) await flushed(id);
    const { shed = 0, events } = (
      await read<{ data: { shed?: number; events: number } }>(`/analytics/sessions/${attacker}`)
    ).data;
    expect(events).toBe(1_000);
    expect(shed).toBeGreaterThan(0);
    expect(await inD1(attacker)).toHaveLength(events - shed);
    expect((await entriesInR2(attacker)).filter(({ kind }) => kind === "event")).toHaveLength(events);
    expect(await inD1(visitor)).toHaveLength(5);
    expect((await liveOf(visitor))?.shed).toBe(0);
  });

  it("may be spent by an attacker from 50 addresses, and a visitor loses nothing", { timeout: 90_000 }, async () => {
    const site = await siteWith({ site_bytes_per_day: 4 * MB });
    const [visitor, ip] = [newId(), "198.51.140.7"];
    const visit = (first: number, more: object = {}) =>
      taken(batchOf(visitor, { first, events: clicks(5), ...more }), `${BATCH}?site=${site}`, { ip });
    await visit(1);
    const attackers = Array.from({ length: 50 }, () => newId());
    const some = { events: Array.from({ length: 30 }, (_, i) => fat(i)) };
    for (const [i, id] of attackers.entries()) {
      // What comes after the budget is spent may be refused: those who have begun are not.
      const response = await send(site, batchOf(id, some), `203.0.${i}.7`);
      await response.body?.cancel();
      await told();
    }
    await spentOver(site, 4 * MB);
    await visit(6);
    await visit(11, { end: {} });
    await flushed(visitor);
    expect(await inD1(visitor)).toHaveLength(15);
    expect((await read<{ data: object }>(`/analytics/sessions/${visitor}`)).data).toMatchObject({
      events: 15,
      shed: 0,
    });
    const last = attackers[30] ?? "";
    expect((await send(site, batchOf(last, { first: 31, ...some }), "203.0.30.7")).status).toBe(200);
    await told();
    await flushed(last);
    expect((await liveOf(last))?.events).toBe(60);
  });

  it("does not refuse the next page of a session that runs, nor a socket of it", async () => {
    const site = await siteWith({ site_bytes_per_day: 2 * MB });
    const [id, ip] = [newId(), "198.51.141.7"];
    await say(site, 100 * MB);
    // Begun before the site had spent anything: this isolate has asked by now, so it is asked for under another name.
    await stubOf(id).track(callOf(id, { site, events: someEvents(1), ip: "198.51.141.0/24" }));
    const next = batchOf(id, { stream: "page-2", events: clicks(2) });
    expect((await send(site, next, ip)).status).toBe(200);
    const socket = await trackSocket(id, { "CF-Connecting-IP": ip, "Sec-GPC": "1" }, `&site=${site}`);
    expect(await socket.call(frameOf({ stream: "page-3", events: clicks(1) }))).toMatchObject({
      t: "ack",
      accepted: 1,
    });
    await problemOf(await send(site, batchOf(newId()), ip), "budget_spent");
    expect((await upgrade(`/track/socket?session_id=${newId()}&site=${site}`, { "CF-Connecting-IP": ip })).status).toBe(
      429,
    );
  });

  it("that is spent twice leaves a visit's worth to each session, and new sessions wait their turn", async () => {
    const site = await siteWith({ site_bytes_per_day: 2 * MB });
    await say(site, 100 * MB);
    const response = await send(site, batchOf(newId()), "198.51.108.7");
    expect(Number(response.headers.get("Retry-After"))).toBeLessThanOrEqual(3_600);
    const { detail } = await problemOf(response, "budget_spent");
    expect(detail).toContain("site");
  });

  it("is of all addresses together, and of the day", async () => {
    const site = await siteWith({ site_bytes_per_day: 2 * MB });
    for (let i = 0; i < 6; i++) {
      const id = newId();
      await taken(heavy(id), `${BATCH}?site=${site}`, { ip: `198.51.${110 + i}.7` });
      await told();
    }
    await spentOver(site, 6 * (CHARGE_SESSION_BYTES + 230_000));
    const yesterday = await env.BUDGET.getByName(BUDGETS).add({ day: "2020-01-01", sums: { [site]: 1 } });
    expect(yesterday.sums).toEqual({});
  });

  it("is shown with what is spent of it, and somebody is told before it is all", async () => {
    const site = await siteWith({ site_bytes_per_day: 10 * MB }, {});
    await say(site, 8 * MB);
    const storage = await read<{ data: { budgets: object[]; database: { bytes: number } } }>("/analytics/storage");
    expect(storage.data.budgets).toContainEqual({ site, spent_bytes: 8 * MB, budget_bytes: 10 * MB });
    expect(storage.data.database.bytes).toBeGreaterThan(0);
    const metrics = await (await ask("/metrics", { headers: KEY })).text();
    expect(metrics).toContain(`pulsegate_site_spent_bytes{site="${site}"} ${8 * MB}`);
    expect(metrics).toContain(`pulsegate_site_budget_bytes{site="${site}"} ${10 * MB}`);
    expect(metrics).toMatch(/pulsegate_database_bytes \d+/);
  });
});

describe("a database that is nearly full", () => {
  it("holds nothing of the first events of new sessions either, once the cron has seen it", async () => {
    const site = await newSite([], {});
    const id = newId();
    await env.BUDGET.getByName(BUDGETS).databaseIs(DATABASE_SHED_BYTES);
    await taken(batchOf(id, { events: clicks(3) }), `${BATCH}?site=${site}`, { ip: "198.51.121.7" });
    await env.BUDGET.getByName(BUDGETS).databaseIs(0);
    await flushed(id);
    expect((await read<{ data: object }>(`/analytics/sessions/${id}`)).data).toMatchObject({ events: 3, shed: 3 });
    expect(await inD1(id)).toEqual([]);
  });

  it("takes sessions and leads, and events go to the archive only", async () => {
    const site = await newSite([], {});
    const id = newId();
    await taken(batchOf(id, { events: clicks(3) }), `${BATCH}?site=${site}`, { ip: "198.51.120.7" });
    faults.databaseBytes = DATABASE_SHED_BYTES;
    await flushed(id);
    await taken(batchOf(id, { first: 4, events: clicks(4) }), `${BATCH}?site=${site}`, { ip: "198.51.120.7" });
    await flushed(id);
    const { data } = await read<{ data: { shed: number; events: number } }>(`/analytics/sessions/${id}`);
    expect(data).toMatchObject({ events: 7, shed: 4 });
    expect(await inD1(id)).toHaveLength(3);
    expect((await entriesInR2(id)).filter(({ kind }) => kind === "event")).toHaveLength(7);
    const lead = await post(
      `/lead?site=${site}`,
      { email: "kept@person.example", session_id: id },
      { ip: "198.51.120.7" },
    );
    expect(lead.status).toBe(202);
    // There is room again.
    faults.databaseBytes = DATABASE_SHED_BYTES - 1;
    await taken(batchOf(id, { first: 8, events: clicks(1) }), `${BATCH}?site=${site}`, { ip: "198.51.120.7" });
    await flushed(id);
    await taken(batchOf(id, { first: 9, events: clicks(2) }), `${BATCH}?site=${site}`, { ip: "198.51.120.7" });
    await flushed(id);
    expect(await inD1(id)).toHaveLength(5);
  });
});

describe("a site with more custom types than it may have", () => {
  it("keeps the newest in the archive only, by HTTP and by socket, and loses none", async () => {
    const site = await newSite([], {});
    const day = dayOf(Date.now());
    const names = Array.from({ length: SITE_MAX_TYPES - 1 }, (_, i) => `kept.n${i}`);
    await env.BUDGET.getByName(BUDGETS).types(site, day, names, { bucket: null, takes: true });
    const id = newId();
    const ip = "198.51.130.7";
    const send = (first: number, types: string[]) =>
      taken(batchOf(id, { first, events: types.map((event_type) => ({ event_type })) }), `${BATCH}?site=${site}`, {
        ip,
      });
    await send(1, ["kept.n0", "last.one", "too.many", "click"]);
    await send(5, ["last.one", "also.too.many", "kept.n1"]);
    const socket = await trackSocket(id, {}, `&site=${site}`);
    expect(
      await socket.call(frameOf({ first: 8, events: [{ event_type: "too.many" }, { event_type: "kept.n2" }] })),
    ).toMatchObject({ t: "ack", accepted: 2 });
    await flushed(id);
    const { data } = await read<{ data: { event_type: string }[] }>(`/analytics/sessions/${id}/events`);
    expect(data.map(({ event_type }) => event_type)).toEqual([
      "kept.n0",
      "last.one",
      "click",
      "last.one",
      "kept.n1",
      "kept.n2",
    ]);
    expect((await read<{ data: object }>(`/analytics/sessions/${id}`)).data).toMatchObject({ events: 9, shed: 3 });
    expect((await entriesInR2(id)).filter(({ kind }) => kind === "event")).toHaveLength(9);
  });

  const typesOf = (site: string, day = dayOf(Date.now())) =>
    env.BUDGET.getByName(BUDGETS).types(site, day, ["any"], { bucket: null, takes: false });
  const fill = (site: string, count: number) =>
    env.BUDGET.getByName(BUDGETS).types(
      ...([site, dayOf(Date.now()), Array.from({ length: count }, (_, i) => `kept.n${i}`)] as const),
      { bucket: null, takes: true },
    );

  it("takes in none of a call that its session does not take", async () => {
    const site = await newSite([], {});
    await fill(site, SITE_MAX_TYPES - 1);
    const events = [{ event_type: "of.nobody" }];
    // A session that nobody began, and one that others hold the key of.
    const unknown = await post(`${BATCH}?site=${site}`, { session_id: newId(), stream: "s1", first: 1, events });
    expect(unknown.status).toBe(404);
    const id = newId();
    await taken(batchOf(id, { session_key: "k".repeat(32) }), `${BATCH}?site=${site}`);
    const stranger = batchOf(id, { stream: "s2", session_key: "x".repeat(32), events });
    expect((await post(`${BATCH}?site=${site}`, stranger)).status).toBe(403);
    expect(await typesOf(site)).toEqual({ refused: [], all: null });
    // Taken, it is the last one that has room.
    await taken(batchOf(id, { stream: "s2", session_key: "k".repeat(32), events }), `${BATCH}?site=${site}`);
    expect(await typesOf(site)).toMatchObject({ refused: ["any"], all: expect.arrayContaining(["of.nobody"]) });
  });

  it("takes in a hundred of one network, and has room for the others'", async () => {
    const site = await newSite([], {});
    const path = `${BATCH}?site=${site}`;
    const flood = (first: number) => Array.from({ length: 60 }, (_, i) => ({ event_type: `flood.n${first + i}` }));
    const [one, two] = [newId(), newId()];
    await taken(batchOf(one, { events: flood(0) }), path, { ip: "198.51.131.7" });
    await taken(batchOf(two, { events: flood(60) }), path, { ip: "198.51.131.8" });
    const visitor = newId();
    await taken(batchOf(visitor, { events: [{ event_type: "own.one" }] }), path, { ip: "198.51.132.7" });
    for (const id of [one, two, visitor]) await flushed(id);
    expect([await inD1(one), await inD1(two), await inD1(visitor)].map(({ length }) => length)).toEqual([60, 40, 1]);
    // What others have brought the network may send.
    await taken(batchOf(two, { first: 61, events: [{ event_type: "own.one" }, { event_type: "own.two" }] }), path, {
      ip: "198.51.131.8",
    });
    await flushed(two);
    expect(await inD1(two)).toHaveLength(41);
    expect((await entriesInR2(two)).filter(({ kind }) => kind === "event")).toHaveLength(62);
  });
});
