import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { ROSTER_SWEEP_MS } from "../../durable/roster/actor";
import type { Presence, RosterReport } from "../../src/core/roster/entry";
import { ROSTER_TTL_MS } from "../../src/core/roster/entry";
import { allShards, shardName, shardOf } from "../../src/core/roster/shards";
import { whoIs } from "../../src/core/roster/who";
import { newDevice } from "../support/device";
import { faults, resetFaults } from "../support/faults";
import { PATIENT } from "../support/patience";
import { rosterOf } from "../support/roster";
import { alarm, ask, callOf, KEY, liveOf, PAGE, post, someEvents, take, track } from "../support/visit";
import { RosterActor } from "../support/worker";
import { connect, later, newId, problemOf, read, upgrade } from "./helpers";

afterEach(resetFaults);

interface Realtime {
  visitors: number;
  pages: { page: string; visitors: number }[];
  countries: { country: string; visitors: number }[];
  labels: Record<string, number>;
  sessions: Presence[];
}

const newSite = (): string => `site-${newId().slice(0, 8)}`;

const realtime = async (site: string, more = ""): Promise<Realtime> =>
  (await read<{ data: Realtime }>(`/analytics/realtime?site=${site}${more}`)).data;

/** A report is sent beside the call: until it is there. */
async function visitors(site: string, count: number): Promise<Realtime> {
  await expect.poll(async () => (await realtime(site)).visitors, PATIENT).toBe(count);
  return realtime(site);
}

const stubOf = (shard: number) => env.ROSTER.getByName(shardName(shard));

async function evictRoster(): Promise<void> {
  for (const shard of allShards) {
    await runInDurableObject(stubOf(shard), (_, state) => state.abort("evicted by the test")).catch(() => {});
  }
}

const reportOf = (site: string, more: Partial<RosterReport> = {}, presence: Partial<Presence> = {}): RosterReport => ({
  v: 1,
  presence: {
    session_id: newId(),
    site,
    page: PAGE,
    referrer: null,
    country: "DE",
    started_at: Date.now(),
    seen_at: Date.now(),
    events: 1,
    page_views: 1,
    engaged_ms: 0,
    label: "human",
    scores: { engagement: 1, bot: 0, vpn: 0, risk: 0 },
    ...presence,
  },
  seq: 1,
  ended: false,
  active_at: Date.now(),
  who: null,
  refused: {},
  limits: {},
  health: { flush_lag_ms: 0, journal_entries: 0, attempts: { d1: 0, r2: 0 }, alarm_overdue_ms: 0, quarantined: 0 },
  ...more,
});

const send = (report: RosterReport): Promise<void> =>
  stubOf(shardOf(report.presence.session_id, report.who)).report(report);

describe("who is on a site now", () => {
  it("has a session from its first event on, with its page and scores, until its end", async () => {
    const site = newSite();
    const id = newId();
    await take(callOf(id, { site }));
    expect((await realtime(site)).visitors).toBe(0);
    await take(callOf(id, { site, events: someEvents(2) }));
    const { sessions, pages, countries, labels } = await visitors(site, 1);
    expect(sessions[0]).toMatchObject({ session_id: id, site, page: PAGE, country: "DE", events: 2 });
    expect(sessions[0]?.scores).toEqual((await liveOf(id))?.scores);
    expect(pages).toEqual([{ page: PAGE, visitors: 1 }]);
    expect(countries).toEqual([{ country: "DE", visitors: 1 }]);
    expect(Object.values(labels)).toEqual([1]);
    await take(callOf(id, { site, start: false, end: true }));
    await visitors(site, 0);
  });

  it("shows the page a visitor has just gone to", async () => {
    const site = newSite();
    const id = newId();
    await take(callOf(id, { site, events: someEvents(1) }));
    await visitors(site, 1);
    const next = "https://shop.example/next";
    await take(callOf(id, { site, start: false, first: 2, events: [{ event_type: "page_view", page: next }] }));
    await expect.poll(async () => (await realtime(site)).sessions[0]?.page, PATIENT).toBe(next);
  });

  it("forgets whom it has not heard of for a minute, by comparing times", async () => {
    const site = newSite();
    await send(reportOf(site));
    expect((await realtime(site)).visitors).toBe(1);
    await later(ROSTER_TTL_MS - 2_000, async () => expect((await realtime(site)).visitors).toBe(1));
    await later(ROSTER_TTL_MS, async () => expect((await realtime(site)).visitors).toBe(0));
  });

  it("counts 10,000 visitors over its shards exactly, and again after each has been evicted", async () => {
    const site = newSite();
    const reports = Array.from({ length: 10_000 }, (_, i) =>
      reportOf(site, {}, { page: `https://shop.example/${i % 20}`, country: i % 4 === 0 ? "FR" : "DE" }),
    );
    const byShard = Map.groupBy(reports, ({ presence }) => shardOf(presence.session_id, null));
    for (const [shard, some] of byShard) {
      // In one turn a shard, so that the test waits for 16 commits and not for 10,000.
      await runInDurableObject(stubOf(shard), (roster) => {
        if (!(roster instanceof RosterActor)) throw new Error("not a shard");
        for (const report of some) roster.report(report);
      });
    }
    const before = await realtime(site, "&limit=100");
    expect(before).toMatchObject({ visitors: 10_000, labels: { human: 10_000 } });
    expect(before.pages).toHaveLength(10);
    expect(before.pages.every(({ visitors: n }) => n === 500)).toBe(true);
    expect(before.countries).toEqual([
      { country: "DE", visitors: 7_500 },
      { country: "FR", visitors: 2_500 },
    ]);
    await evictRoster();
    const { timestamp: _, ...after } = (await realtime(site, "&limit=100")) as Realtime & { timestamp: number };
    expect(before).toMatchObject(after);
  });

  it("takes an older report that comes late for what it is", async () => {
    const site = newSite();
    const report = reportOf(site, { seq: 5 });
    await send(report);
    await send({ ...report, seq: 4, ended: true });
    expect((await realtime(site)).visitors).toBe(1);
  });

  it("gives an expired visitor's seat to the next", async () => {
    const shard = 3;
    const inShard = (site: string): RosterReport => {
      const report = reportOf(site);
      return {
        ...report,
        presence: { ...report.presence, session_id: report.presence.session_id.replace(/.{4}$/, "0003") },
      };
    };
    const rows = () =>
      runInDurableObject(
        stubOf(shard),
        (_, state) => state.storage.sql.exec("SELECT count(*) AS n FROM seats").one()["n"],
      );
    const site = newSite();
    const before = Number(await rows());
    for (let i = 0; i < 5; i++) await send(inShard(site));
    await later(3 * ROSTER_TTL_MS, async () => {
      for (let i = 0; i < 5; i++) await send(inShard(site));
      expect((await realtime(site)).visitors).toBe(5);
    });
    expect(Number(await rows())).toBeLessThanOrEqual(before + 5);
  });

  it("keeps nothing on disk once everybody has gone but its totals", async () => {
    const report = reportOf(newSite(), { refused: { invalid_event: 2 } });
    const shard = shardOf(report.presence.session_id, null);
    await send(report);
    const before = (await stubOf(shard).figures()).reports;
    await later(ROSTER_SWEEP_MS, async () => {
      await runDurableObjectAlarm(stubOf(shard));
      const rows = await runInDurableObject(stubOf(shard), (_, state) =>
        state.storage.sql.exec("SELECT * FROM seats").toArray(),
      );
      expect(rows).toEqual([]);
    });
    expect((await stubOf(shard).figures()).reports).toBe(before);
  });

  it.each(["refuse", "lie"] as const)("never delays a session when the roster fails: %s", async (fault) => {
    faults.at.set("roster.report", fault);
    const id = newId();
    const began = performance.now();
    expect((await take(callOf(id, { events: someEvents(3) }))).accepted).toBe(3);
    expect(performance.now() - began).toBeLessThan(1_000);
    await take(callOf(id, { start: false, end: true }));
    await alarm(id);
    expect(await liveOf(id)).toMatchObject({ events: 3, ended: true });
  });

  it("names no visitor, and after a withdrawal not even their hash", async () => {
    const site = newSite();
    const id = newId();
    const visitor_id = `visitor-${id}`;
    await take(callOf(id, { site, events: someEvents(1), start: { visitor_id } }));
    expect(JSON.stringify(await visitors(site, 1))).not.toContain(visitor_id);
    const whoRows = (): Promise<unknown[]> => runInDurableObject(stubOf(shardOf(id, null)), seatsOf);
    const seatsOf = (_: unknown, { storage }: DurableObjectState): unknown[] =>
      storage.sql.exec("SELECT body FROM seats WHERE body LIKE ?", `%${id}%`).toArray();
    const before = await rosterOf(id, visitor_id);
    expect(await runInDurableObject(before, seatsOf)).toHaveLength(1);
    await take(callOf(id, { site, start: { consent: "denied" } }));
    await expect.poll(whoRows, PATIENT).toHaveLength(1);
    expect(JSON.stringify(await whoRows())).toContain('\\"who\\":null');
    if (shardOf(id, null) !== shardOf(id, await whoIs(visitor_id))) {
      expect(await runInDurableObject(before, seatsOf)).toEqual([]);
    }
    await visitors(site, 1);
  });

  it("is 400 for what is no site or limit, and for an unknown parameter", async () => {
    for (const query of ["site=a%20b", "limit=1000", "page=2", "bots=maybe"]) {
      await problemOf(await ask(`/analytics/realtime?${query}`, { headers: KEY }), "invalid_query");
    }
  });
});

describe("visitors", () => {
  const visit = (site: string, visitor_id: string, page = PAGE) => {
    const id = newId();
    return take(callOf(id, { site, events: [{ event_type: "page_view", page }], start: { visitor_id, page } })).then(
      () => id,
    );
  };
  const newVisitor = (): string => `visitor-${newId()}`;

  it("are counted, not sessions: one who comes with another campaign is on the new page only, at once", async () => {
    const site = newSite();
    const visitor = newVisitor();
    await visit(site, visitor, `${PAGE}?utm_campaign=a`);
    await visitors(site, 1);
    const client = await connect(`/analytics/realtime/stream?site=${site}`, KEY);
    const whole = await client.next<Frame>();
    expect(whole.data).toMatchObject({ visitors: 1 });
    const second = await visit(site, visitor, `${PAGE}?utm_campaign=b`);
    const onlySecond = async () => (await realtime(site)).sessions.map(({ session_id }) => session_id);
    await expect.poll(onlySecond, PATIENT).toEqual([second]);
    const { pages, visitors: count } = await realtime(site);
    expect([count, pages]).toEqual([1, [{ page: PAGE, visitors: 1 }]]);
    // And who follows the site is told that the first has gone.
    const told = await client.next<Frame>();
    expect(told.data).toMatchObject({
      visitors: 1,
      changed: [{ session_id: second }],
      left: [whole.data.sessions?.[0]?.session_id],
    });
    client.socket.close();
    await evictRoster();
    expect(await onlySecond()).toEqual([second]);
  });

  it("who go on in two sessions at once are one, and in both", async () => {
    const site = newSite();
    const visitor = newVisitor();
    const first = await visit(site, visitor);
    const second = await visit(site, visitor);
    // Past what a slow network is allowed.
    await scheduler.wait(2_200);
    const page = "https://shop.example/other";
    await take(callOf(first, { site, start: false, first: 2, events: [{ event_type: "page_view", page }] }));
    await expect.poll(async () => (await realtime(site)).sessions.length, PATIENT).toBe(2);
    const { sessions, ...counts } = await realtime(site);
    expect(counts).toMatchObject({ visitors: 1, countries: [{ country: "DE", visitors: 1 }] });
    expect(sessions.map(({ session_id }) => session_id).sort()).toEqual([first, second].sort());
  });

  it("without consent have no id: each session is one", async () => {
    const site = newSite();
    for (const id of [newId(), newId()]) {
      await take(callOf(id, { site, events: someEvents(1), start: { consent: "denied" } }));
    }
    await visitors(site, 2);
  });

  it("are no bots unless bots are asked for, and the answer says how many were left out", async () => {
    const site = newSite();
    const [person, bot] = [reportOf(site), reportOf(site, {}, { label: "bot" })];
    for (const report of [person, bot]) await send(report);
    const answer = (bots: string) => read<{ data: Realtime; bots: unknown }>(`/analytics/realtime?site=${site}${bots}`);
    expect(await answer("")).toMatchObject({ data: { visitors: 1 }, bots: { mode: "exclude", excluded: 1 } });
    expect(await answer("&bots=include")).toMatchObject({ data: { visitors: 2 }, bots: { excluded: 0 } });
    expect(await answer("&bots=only")).toMatchObject({
      data: { visitors: 1, labels: { bot: 1 } },
      bots: { excluded: 1 },
    });
    const streams = await Promise.all(
      ["", "&bots=only"].map((query) => connect(`/analytics/realtime/stream?site=${site}${query}`, KEY)),
    );
    const shown = (frame: Frame) => frame.data.sessions?.map(({ session_id }) => session_id);
    const [people, bots] = await Promise.all(streams.map((stream) => stream.next<Frame>()));
    expect([people, bots].map((frame) => frame && shown(frame))).toEqual([
      [person.presence.session_id],
      [bot.presence.session_id],
    ]);
    // Who turns out to be a bot leaves the one stream and comes to the other.
    await send({ ...person, seq: 2, presence: { ...person.presence, label: "bot" } });
    const [left, came] = await Promise.all(streams.map((stream) => stream.next<Frame>()));
    expect(left?.data).toMatchObject({ visitors: 0, changed: [], left: [person.presence.session_id] });
    expect(came?.data).toMatchObject({ visitors: 2, changed: [{ session_id: person.presence.session_id }], left: [] });
    for (const { socket } of streams) socket.close();
  });
});

interface Frame {
  t: string;
  data: { visitors: number; sessions?: Presence[]; changed?: Presence[]; left?: string[] };
}

describe("the stream of a site", () => {
  it("says who is there, and within 5 s who comes, moves and goes", async () => {
    const site = newSite();
    const [first, second] = [newId(), newId()];
    await take(callOf(first, { site, events: someEvents(1) }));
    await visitors(site, 1);
    const client = await connect(`/analytics/realtime/stream?site=${site}`, KEY);
    const whole = await client.next<Frame>();
    expect(whole).toMatchObject({ t: "realtime", data: { visitors: 1 } });
    expect(whole.data.sessions?.map(({ session_id }) => session_id)).toEqual([first]);
    const began = Date.now();
    await take(callOf(second, { site, events: someEvents(1), start: { visitor_id: `visitor-${second}` } }));
    const came = await client.next<Frame>();
    expect(came).toMatchObject({ t: "update", data: { visitors: 2, changed: [{ session_id: second }], left: [] } });
    expect(Date.now() - began).toBeLessThan(5_000);
    await take(callOf(first, { site, start: false, end: true }));
    expect(await client.next<Frame>()).toMatchObject({
      t: "update",
      data: { visitors: 1, changed: [], left: [first] },
    });
    client.socket.close();
  });

  it("goes on after the hub and the shards have been evicted", async () => {
    const site = newSite();
    const id = newId();
    await take(callOf(id, { site, events: someEvents(1) }));
    await visitors(site, 1);
    const client = await connect(`/analytics/realtime/stream?site=${site}`, KEY);
    await client.next<Frame>();
    await evictRoster();
    await take(callOf(id, { site, start: false, end: true }));
    expect(await client.next<Frame>()).toMatchObject({ data: { visitors: 0, left: [id] } });
    client.socket.close();
  });

  it("sets no alarm when nobody follows any more", async () => {
    const site = newSite();
    const client = await connect(`/analytics/realtime/stream?site=${site}`, KEY);
    await client.next<Frame>();
    client.socket.close();
    await client.closed;
    const hub = env.REALTIME.getByName(site);
    for (let i = 0; await runDurableObjectAlarm(hub); i++) if (i > 3) throw new Error("the alarm goes on");
  });

  it("is opened once by a ticket, for that site only", async () => {
    const site = newSite();
    const path = `/analytics/realtime/stream?site=${site}`;
    const { data } = await (await post("/analytics/tickets", { path }, { headers: KEY })).json<{
      data: { protocol: string };
    }>();
    const headers = { "Sec-WebSocket-Protocol": data.protocol };
    await problemOf(await upgrade("/analytics/realtime/stream?site=another", headers), "ticket_invalid");
    await problemOf(await upgrade("/analytics/realtime/stream", headers), "ticket_invalid");
    const client = await connect(path, headers);
    await client.next<Frame>();
    await problemOf(await upgrade(path, headers), "ticket_invalid");
    client.socket.close();
  });

  it("of another site is not for a restricted key", async () => {
    const body = { name: "x", scopes: ["read"], sites: ["ours"] };
    const { data } = await (await post("/analytics/keys", body, { headers: KEY })).json<{ data: { key: string } }>();
    const header = { Authorization: `Bearer ${data.key}` };
    const ticket = (path: string) => post("/analytics/tickets", { path }, { headers: header });
    for (const query of ["", "?site=theirs"]) {
      await problemOf(await upgrade(`/analytics/realtime/stream${query}`, header), "scope_missing");
      await problemOf(await ticket(`/analytics/realtime/stream${query}`), "invalid_ticket_path");
    }
    expect((await ticket("/analytics/realtime/stream?site=ours")).status).toBe(200);
  });
});

describe("/metrics", () => {
  const metrics = async (): Promise<string> => (await ask("/metrics", { headers: KEY })).text();
  const figureIn = (text: string, name: string): number => {
    const line = text.split("\n").find((one) => one.startsWith(`pulsegate_${name} `));
    return Number(line?.split(" ")[1]);
  };

  it("counts rejected events by code and limits hit, from the sessions' reports", async () => {
    const before = await metrics();
    const id = newId();
    const rejected = [{ index: 1, code: "invalid_event", detail: "page: no URL" }];
    const call = callOf(id, { events: someEvents(2) });
    await take({ ...call, batch: call.batch && { ...call.batch, rejected } });
    for (let n = 0; (await track(callOf(id, { start: false, first: 3 + n * 100, events: someEvents(100) }))).ok; n++);
    // Until the session may send again, its end is refused too.
    await expect.poll(async () => (await track(callOf(id, { start: false, end: true }))).ok, PATIENT).toBe(true);
    const count = (text: string, name: string) => figureIn(text, name) || 0;
    const names = ['rejected_events_total{code="invalid_event"}', 'limits_hit_total{limit="too_fast"}'];
    const grown = async () => {
      const after = await metrics();
      return names.filter((name) => count(after, name) > count(before, name));
    };
    await expect.poll(grown, PATIENT).toEqual(names);
  });

  it("shows retries, journal depth and lag of sessions that cannot write", async () => {
    const id = newId();
    faults.at.set("d1.batch", "refuse");
    await take(callOf(id, { events: someEvents(5) }));
    await take(callOf(id, { start: false, end: true }));
    await later(60_000, async () => {
      await alarm(id);
      await expect
        .poll(async () => figureIn(await metrics(), 'flush_retrying{store="d1"}'), PATIENT)
        .toBeGreaterThan(0);
      const text = await metrics();
      expect(figureIn(text, "journal_entries_max")).toBeGreaterThanOrEqual(5);
      expect(figureIn(text, 'flush_attempts{store="d1"}')).toBeGreaterThan(0);
    });
  });

  it("is in the text format, one help and type a family", async () => {
    const response = await ask("/metrics", { headers: KEY });
    expect(response.headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const lines = (await response.text()).trimEnd().split("\n");
    const families = lines.filter((line) => line.startsWith("# TYPE")).map((line) => line.split(" ")[2]);
    expect(new Set(families).size).toBe(families.length);
    for (const line of lines)
      expect(line).toMatch(
        /^(# (HELP|TYPE) pulsegate_\w+ .+|pulsegate_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? \d+(\.\d+)?)$/,
      );
    expect(families).toEqual(
      expect.arrayContaining(["pulsegate_visitors", "pulsegate_alarms_overdue", "pulsegate_flush_lag_seconds_max"]),
    );
  });

  it("needs a key with inspect", async () => {
    await problemOf(await ask("/metrics"), "key_required");
    const { data } = await (
      await post("/analytics/keys", { name: "x", scopes: ["read", "admin"] }, { headers: KEY })
    ).json<{ data: { key: string } }>();
    const refused = await problemOf(await ask("/metrics", { headers: { "X-API-Key": data.key } }), "scope_missing");
    expect(refused.detail).toContain("inspect");
  });
});

describe("a session that only claims to be a visitor's", () => {
  const seenBy = async (site: string, more = ""): Promise<string[]> =>
    (await realtime(site, more)).sessions.map(({ session_id }) => session_id).sort();
  const begin = async (site: string, who: object, session_id = newId()): Promise<string> => {
    const body = { session_id, site, stream: "s1", first: 1, start: { page: PAGE, ...who }, events: someEvents(1) };
    expect((await post("/track/events/batch", body)).status).toBe(200);
    return session_id;
  };

  it("hides none of theirs, and is told apart also after the shard was evicted", async () => {
    const site = newSite();
    const { secret, visitor } = await newDevice();
    const own = await begin(site, { visitor_secret: secret });
    await visitors(site, 1);
    // Begun after the last act of their own: by their own id it would be where they have gone on.
    await scheduler.wait(20);
    const planted = await begin(site, { visitor_id: visitor });
    await visitors(site, 2);
    expect(await seenBy(site)).toEqual([own, planted].sort());
    await evictRoster();
    await visitors(site, 2);
    expect(await seenBy(site)).toEqual([own, planted].sort());
  });

  it("is one of theirs once it has shown that it is them", async () => {
    const site = newSite();
    const { secret, visitor } = await newDevice();
    const own = await begin(site, { visitor_secret: secret });
    const other = await begin(site, { visitor_id: visitor });
    await visitors(site, 2);
    const start = { page: PAGE, visitor_secret: secret };
    const more = { session_id: other, site, stream: "s1", first: 2, start, events: someEvents(1) };
    expect((await post("/track/events/batch", more)).status).toBe(200);
    await visitors(site, 1);
    expect(await seenBy(site)).toContain(other);
    expect([own, other]).toContain((await seenBy(site))[0]);
  });
});
