import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { rollUp } from "../../src/ops/rollup";
import { localDays } from "../../src/protocol/zone";
import { seeded } from "../support/random";
import {
  channelNames,
  grouped,
  isBot,
  leadsOf,
  ledOf,
  mediumNames,
  pagesCounted,
  pagesOf,
  referrerNames,
  sourceNames,
  sumsOf,
  visitorsOf,
} from "../support/recount";
import { type MadeLead, type MadeSession, putLeads, putSessions } from "../support/rows";
import { makeLeads, makeSessions } from "../support/sessions";
import { read } from "./helpers";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FROM = Date.UTC(2031, 4, 1);
const SPAN = 9 * DAY;
/** Three hours into the tenth day: eight days are closed, and most hours after them. */
const NOW = FROM + SPAN + 3 * HOUR;

const random = seeded(7);
let sessions = makeSessions(random, 360, FROM, SPAN);
let leads = makeLeads(random, sessions, 8);

interface Answer<T> {
  data: T;
  next_cursor?: string | null;
  bots: { mode: string; excluded: number };
}

const RANGES: [string, number, number][] = [
  ["all of it", FROM, FROM + SPAN],
  ["whole days", FROM + DAY, FROM + 4 * DAY],
  ["one day", FROM + 2 * DAY, FROM + 3 * DAY],
  ["broken hours", FROM + 1.3 * DAY + 12_345, FROM + 6.7 * DAY + 54_321],
  ["a few minutes", FROM + 3 * DAY + 700_000, FROM + 3 * DAY + 2_000_000],
  ["the open end", FROM + 7.5 * DAY, FROM + SPAN + DAY],
];

const FILTERS: Record<string, (session: MadeSession) => boolean> = {
  "": () => true,
  "&site=blog": ({ site }) => site === "blog",
  "&country=de": ({ country }) => country === "DE",
  "&page=https://shop.example/pricing?y=2": (session) => pagesOf(session).includes("https://shop.example/pricing"),
  "&source=Google": (session) => sourceNames(session)[0] === "google",
  "&campaign=spring": ({ entry_page }) => /=Spring/.test(entry_page),
  "&device=mobile": ({ device_class }) => device_class === "mobile",
  "&label=human": ({ label }) => label === "human",
  "&min_risk=70": ({ risk }) => (risk ?? -1) >= 70,
  "&min_engagement=20&max_engagement=59": ({ engagement }) =>
    engagement !== null && engagement >= 20 && engagement <= 59,
  "&site=blog&min_risk=20": ({ site, risk }) => site === "blog" && (risk ?? -1) >= 20,
  "&site=default&max_engagement=29": ({ site, engagement }) =>
    site === "default" && engagement !== null && engagement <= 29,
  "&channel=paid_search": (session) => channelNames(session)[0] === "paid_search",
  "&channel=direct&device=mobile": (session) =>
    channelNames(session)[0] === "direct" && session.device_class === "mobile",
  "&max_vpn=33": ({ vpn }) => vpn !== null && vpn <= 33,
  "&country=DE&device=mobile&min_bot=10": ({ country, device_class, bot }) =>
    country === "DE" && device_class === "mobile" && (bot ?? -1) >= 10,
};

const BOTS: Record<string, (session: MadeSession) => boolean> = {
  exclude: (session) => !isBot(session),
  include: () => true,
  only: isBot,
};

/** A lead without a session passes no filter but its site's. */
const isLoose =
  (from: number, to: number, filter: string, bots: string) =>
  ({ created_at, site, label }: MadeLead): boolean =>
    created_at >= from &&
    created_at < to &&
    (filter === "" || (filter === "&site=blog" && site === "blog")) &&
    (bots === "include" || (bots === "only") === (label === "bot"));

const within = (from: number, to: number) => sessions.filter((one) => one.started_at >= from && one.started_at < to);

type Breakdown = [path: string, field: string, valuesOf: (session: MadeSession) => (string | null)[]];

/** Half of them are asked in turn. */
const LISTS: Breakdown[] = [
  ["/analytics/geo?", "country", ({ country }) => [country]],
  ["/analytics/sources?", "source", sourceNames],
  ["/analytics/sources?by=referrer&", "referrer", referrerNames],
  ["/analytics/sources?by=channel&", "channel", channelNames],
  ["/analytics/sources?by=medium&", "medium", mediumNames],
  ["/analytics/geo?by=region&", "region", ({ country, region }) => [country && region && `${country}-${region}`]],
  ["/analytics/devices?by=browser&", "browser", ({ browser }) => [browser]],
];
let lists = 0;

const byName = <T extends object>(rows: T[], field: keyof T) => new Map(rows.map((row) => [row[field], row]));

/** Everything that is answered of a range, a filter and a way with bots, against a recount. */
async function checkAll(from: number, to: number, filter: string, bots: string): Promise<void> {
  const query = `from=${from}&to=${to}&bots=${bots}${filter}`;
  const asked = within(from, to).filter(FILTERS[filter] ?? (() => false));
  const chosen = asked.filter(BOTS[bots] ?? (() => false));
  const excluded = asked.length - chosen.length;
  const overview = await read<Answer<Record<string, number>>>(`/analytics/overview?${query}`);
  expect(overview.data, query).toMatchObject({
    ...sumsOf(chosen, ledOf(leads)),
    visitors: visitorsOf(chosen),
    visitors_error: 0,
    leads: leadsOf(leads, sessions, chosen, isLoose(from, to, filter, bots)),
  });
  expect(overview.bots, query).toEqual({ mode: bots, excluded });

  const pages = await read<Answer<Record<string, number | string>[]>>(`/analytics/pages/top?${query}&limit=100`);
  const wanted = pagesCounted(chosen, ledOf(leads));
  expect(pages.data.length, query).toBe(wanted.size);
  for (const row of pages.data) expect(row, query).toMatchObject(wanted.get(String(row["page"])) ?? {});

  lists += 1;
  for (const [path, field, valuesOf] of LISTS.filter((_, i) => (i + lists) % 2 === 0)) {
    const { data } = await read<Answer<Record<string, number | string>[]>>(`${path}${query}&limit=100`);
    const groups = grouped(chosen, valuesOf);
    expect(new Set(data.map((row) => row[field])), query).toEqual(new Set(groups.keys()));
    for (const [value, those] of groups)
      expect(byName(data, field).get(value ?? (null as never)), query).toMatchObject({
        ...sumsOf(those, ledOf(leads)),
        leads: leadsOf(leads, sessions, those, () => false),
      });
  }

  const types = await read<Answer<{ event_type: string; events: number; sessions: number }[]>>(
    `/analytics/events?${query}&limit=100`,
  );
  const groups = grouped(chosen, ({ counts }) => Object.keys(counts));
  expect(types.data.length, query).toBe(groups.size);
  for (const { event_type, events, sessions: count } of types.data) {
    const those = groups.get(event_type) ?? [];
    expect([events, count], query).toEqual([
      those.reduce((sum, { counts }) => sum + (counts[event_type] ?? 0), 0),
      those.length,
    ]);
  }

  const engagement = await read<Answer<{ sessions: number; bands: { from: number | null; sessions: number }[] }>>(
    `/analytics/engagement?${query}`,
  );
  expect(engagement.data.sessions, query).toBe(chosen.length);
  for (const band of engagement.data.bands) {
    const those = chosen.filter(({ engagement: score }) =>
      band.from === null ? score === null : score !== null && Math.min(9, Math.floor(score / 10)) * 10 === band.from,
    );
    expect(band.sessions, query).toBe(those.length);
  }
}

async function checkDays(from: number, to: number, filter: string, bots: string, tz: string): Promise<void> {
  const query = `from=${from}&to=${to}&bots=${bots}&tz=${tz}${filter}`;
  const { data } = await read<Answer<Record<string, number | string>[]>>(`/analytics/sessions/daily?${query}`);
  const wanted = localDays({ from, to }, tz).map((day) => {
    const those = within(day.from, day.to)
      .filter(FILTERS[filter] ?? (() => false))
      .filter(BOTS[bots] ?? (() => false));
    const counted = leadsOf(leads, sessions, those, isLoose(day.from, day.to, filter, bots));
    return { date: day.date, ...sumsOf(those, ledOf(leads)), visitors: visitorsOf(those), leads: counted };
  });
  expect(
    data.map(({ date, sessions: count, events, page_views, bounces, visitors, leads: counted }) => ({
      date,
      sessions: count,
      events,
      page_views,
      bounces,
      visitors,
      leads: counted,
    })),
    query,
  ).toEqual(wanted);
}

/** The whole with every filter, or with every nth; the other ranges with one each in turn; each zone in turn. */
async function checkEverything(nth = 1): Promise<void> {
  const filters = Object.keys(FILTERS);
  const some = filters.filter((_, i) => (i + turn) % nth === 0);
  for (const filter of some) await checkAll(FROM, FROM + SPAN, filter, "exclude");
  await checkAll(FROM, FROM + SPAN, "&country=de", "include");
  for (const [i, [, from, to]] of RANGES.entries()) {
    turn += 1;
    await checkAll(from, to, filters[turn % filters.length] ?? "", "exclude");
    await checkAll(from, to, "", i % 2 ? "include" : "only");
  }
  for (const [i, tz] of ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata"].entries()) {
    for (const [, from, to] of RANGES.filter((_, r) => r % 3 === i % 3)) await checkDays(from, to, "", "exclude", tz);
    const filter = ["&country=de", "&site=blog&min_risk=20", "&site=default&max_engagement=29", "&site=blog"][i] ?? "";
    await checkDays(FROM, FROM + SPAN, filter, i % 2 ? "include" : "only", tz);
  }
}

let turn = 0;

const pickId = (): string | null =>
  random() < 0.3 ? null : (sessions[Math.floor(random() * sessions.length)]?.session_id ?? null);

const marks = async (): Promise<number> =>
  (await env.DB.prepare("SELECT count(*) AS n FROM rollup_marks").first<{ n: number }>())?.n ?? -1;

async function rollUpAll(now: number): Promise<void> {
  for (let i = 0; i < 20; i++) if ((await rollUp(env.DB, now, true)).isDone && (await marks()) === 0) return;
  throw new Error("rollups do not come to an end");
}

describe("every aggregate is a recount from the rows", { timeout: 240_000 }, () => {
  beforeAll(async () => {
    await putLeads(leads);
    await putSessions(sessions);
  });

  it("while nothing is rolled up", () => checkEverything());

  it("once periods are rolled up", async () => {
    await rollUpAll(NOW);
    const { hours_through, days_through } =
      (await env.DB.prepare("SELECT * FROM rollup_state").first<Record<string, number>>()) ?? {};
    expect([hours_through, days_through]).toEqual([NOW - 2 * HOUR, FROM + SPAN]);
    expect((await env.DB.prepare("SELECT count(DISTINCT day) AS n FROM rollup_days").first<{ n: number }>())?.n).toBe(
      9,
    );
    await checkEverything();
  });

  it("after verdicts reversed, late events, erasures and late sessions, marked and not rolled up anew", async () => {
    const changed = sessions
      .filter(() => random() < 0.02)
      .map((one) => ({ ...one, label: isBot(one) ? "human" : "bot" }));
    const nameless = sessions.filter(() => random() < 0.01).map((one) => ({ ...one, visitor_id: null }));
    const grown = sessions
      .filter(() => random() < 0.01)
      .map((one) => ({ ...one, counts: { ...one.counts, click: 77 } }));
    const added = makeSessions(random, 20, FROM - 2 * DAY, SPAN);
    const gone = sessions.filter(() => random() < 0.01).map(({ session_id }) => session_id);
    const now = new Map(sessions.map((one) => [one.session_id, one]));
    for (const one of [...changed, ...nameless, ...grown, ...added]) now.set(one.session_id, one);
    for (const id of gone) now.delete(id);
    // A lead that gains its session, one that loses it, one whose verdict turns, and some more.
    const turned = leads
      .filter(() => random() < 0.3)
      .map((lead) => ({ ...lead, session_id: pickId(), label: lead.label === "bot" ? "human" : "bot" }));
    const more = makeLeads(random, sessions, 40);
    const nowLeads = new Map(leads.map((lead) => [lead.lead_id, lead]));
    for (const lead of [...turned, ...more]) nowLeads.set(lead.lead_id, lead);
    leads = [...nowLeads.values()];
    await putLeads([...turned, ...more]);
    const erased = leads.splice(3, 4).map(({ lead_id }) => lead_id);
    await env.DB.prepare("DELETE FROM lead_conversions WHERE submission_id IN (SELECT value FROM json_each(?))")
      .bind(JSON.stringify(erased))
      .run();
    await putSessions([...changed, ...nameless, ...grown, ...added]);
    await env.DB.prepare("DELETE FROM sessions WHERE session_id IN (SELECT value FROM json_each(?))")
      .bind(JSON.stringify(gone))
      .run();
    sessions = [...now.values()];
    expect(await marks()).toBeGreaterThan(10);
    await checkEverything(3);
  });

  it("of days rolled up before ranges of a score's bands had visitors, or before they had sums", async () => {
    const ranges = "value GLOB '[0-9][-+]'";
    const [older, old] = await env.DB.batch([
      env.DB.prepare(`DELETE FROM rollup_days WHERE ${ranges} AND day % ? = 0`).bind(2 * DAY),
      env.DB.prepare(`UPDATE rollup_days SET totals = '[[0],[]]', sketch = '' WHERE ${ranges}`),
      env.DB.prepare("UPDATE rollup_state SET ranged_from = ?").bind(FROM + SPAN),
    ]);
    expect(older?.meta.changes).toBeGreaterThan(100);
    expect(old?.meta.changes).toBeGreaterThan(100);
    await checkAll(FROM, FROM + SPAN, "&site=blog&min_risk=20", "exclude");
    await checkDays(FROM, FROM + SPAN, "&site=blog&min_risk=20", "exclude", "Europe/Berlin");
    await checkAll(FROM + 2 * DAY, FROM + 3 * DAY, "&site=default&max_engagement=29", "include");
    await checkAll(FROM + 3 * DAY, FROM + 4 * DAY, "&site=default&max_engagement=29", "include");
  });

  it("of bots by rule too", async () => {
    const query = `from=${FROM}&to=${FROM + SPAN}`;
    const { data } = await read<Answer<Record<string, number | string>[]>>(`/analytics/bots?${query}`);
    const groups = grouped(within(FROM, FROM + SPAN).filter(isBot), ({ rules }) =>
      rules.filter((one) => one !== "quiet"),
    );
    expect(data.length).toBe(groups.size);
    expect(groups.size).toBe(2);
    for (const [rule, those] of groups)
      expect(byName(data, "rule").get(rule ?? "")).toMatchObject(sumsOf(those, ledOf(leads)));
  });

  it("of bots by what they come for, by name and by proof", async () => {
    const proof = ({ verified_bot, bot_name }: MadeSession) =>
      verified_bot ? "verified" : bot_name ? "claimed" : null;
    const parts: [string, (session: MadeSession) => string | null][] = [
      ["name", ({ bot_name }) => bot_name],
      ["kind", ({ bot_kind, verified_bot }) => bot_kind ?? (verified_bot ? "preview" : null)],
      ["proof", proof],
    ];
    const those = within(FROM, FROM + SPAN).filter(isBot);
    for (const [by, valueIn] of parts) {
      const { data } = await read<Answer<Record<string, number | string>[]>>(
        `/analytics/bots?from=${FROM}&to=${FROM + SPAN}&by=${by}`,
      );
      const groups = grouped(those, (session) => [valueIn(session)]);
      expect(data.length, by).toBe(groups.size);
      expect(groups.size).toBeGreaterThan(2);
      for (const [value, sessions] of groups)
        expect(byName(data, by).get(value as string)).toMatchObject(sumsOf(sessions, ledOf(leads)));
    }
  });

  it("and once they are", async () => {
    await rollUpAll(NOW);
    await checkEverything(2);
  });
});
