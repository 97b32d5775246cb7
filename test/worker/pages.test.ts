import { env } from "cloudflare:workers";
import { proxyDurable } from "itty-durable";
import { describe, expect, it } from "vitest";
import { ask, KEY, liveOf, post } from "../support/visit";
import { flushed, newId, problemOf, START, taken } from "./helpers";

const SHOP = "https://slash.example";

/** A site of its own for each test, so that a test that is run again counts nothing of the run before. */
const newSite = (): string => `s${newId()}`;

interface Listed {
  data: Record<string, number | string | null>[];
}

const read = async (path: string): Promise<Listed> => (await ask(path, { headers: KEY })).json<Listed>();

async function putSite(site: string, more: object): Promise<void> {
  const response = await ask(`/analytics/sites/${site}`, {
    method: "PUT",
    headers: { ...KEY, "Content-Type": "application/json" },
    body: JSON.stringify({ allowed_origins: ["*"], ...more }),
  });
  expect(response.status).toBe(200);
}

/** A session that views pages, in D1. */
async function visit(site: string, pages: readonly string[], more: object = {}): Promise<string> {
  const session_id = newId();
  const events = pages.map((page) => ({ event_type: "page_view", page }));
  await taken({ session_id, site, stream: "s1", first: 1, start: { page: pages[0], ...more }, events });
  await flushed(session_id);
  return session_id;
}

describe("a page that a server sends", () => {
  it("is one in every spelling of its address, in views, entries, filters, the session and who is there", async () => {
    const site = newSite();
    await putSite(site, {});
    const spellings = [
      SHOP,
      `${SHOP}/`,
      "HTTPS://SLASH.example",
      `${SHOP}:443/?a=b`,
      "https://me:secret@slash.example/",
    ];
    const id = await visit(site, [...spellings, `${SHOP}/ü`, `${SHOP}/%C3%BC`, `${SHOP}/%c3%bc`]);
    const { data } = await read(`/analytics/pages/top?site=${site}`);
    expect(data).toEqual([
      { page: `${SHOP}/`, views: 5, sessions: 1, entries: 1, bounces: 0, bounce_rate: 0 },
      { page: `${SHOP}/%C3%BC`, views: 3, sessions: 1, entries: 0, bounces: 0, bounce_rate: null },
    ]);
    for (const page of [...spellings, `${SHOP}/ü`, `${SHOP}/%C3%BC`]) {
      const found = await read(`/analytics/sessions?site=${site}&page=${encodeURIComponent(page)}`);
      expect(
        found.data.map(({ session_id }) => session_id),
        page,
      ).toEqual([id]);
    }
    const live = await liveOf(id);
    expect(live).toMatchObject({ entry_page: `${SHOP}/`, current_page: `${SHOP}/%C3%BC`, pages: 3 });
    expect(JSON.stringify(live)).not.toContain("secret");
    const here = await (await ask(`/analytics/realtime?site=${site}`, { headers: KEY })).json<{
      data: { pages: { page: string }[] };
    }>();
    expect(here.data.pages.map(({ page }) => page)).toEqual([`${SHOP}/%C3%BC`]);
  });

  it("is another with a slash at its end, unless its site says otherwise", async () => {
    const [keeping, dropping] = [newSite(), newSite()];
    await putSite(keeping, { trailing_slash: "keep" });
    await putSite(dropping, { trailing_slash: "drop" });
    const pages = [`${SHOP}/a/?q`, `${SHOP}/a`, `${SHOP}/b/c//`, `${SHOP}/`];
    const [kept, dropped] = [await visit(keeping, pages), await visit(dropping, pages)];
    const viewsOf = async (site: string) => {
      const { data } = await read(`/analytics/pages/top?site=${site}`);
      return Object.fromEntries(data.map(({ page, views, entries }) => [page, [views, entries]]));
    };
    expect(await viewsOf(keeping)).toEqual({
      [`${SHOP}/a/`]: [1, 1],
      [`${SHOP}/a`]: [1, 0],
      [`${SHOP}/b/c//`]: [1, 0],
      [`${SHOP}/`]: [1, 0],
    });
    expect(await viewsOf(dropping)).toEqual({ [`${SHOP}/a`]: [2, 1], [`${SHOP}/b/c`]: [1, 0], [`${SHOP}/`]: [1, 0] });
    for (const [site, id] of [
      [keeping, kept],
      [dropping, dropped],
    ] as const) {
      for (const page of [`${SHOP}/a`, `${SHOP}/a/`, `${SHOP}/a/?x`]) {
        for (const path of ["/analytics/sessions", "/analytics/sessions/daily"]) {
          const { data } = await read(`${path}?site=${site}&page=${encodeURIComponent(page)}`);
          expect(data.length, `${path} ${site} ${page}`).toBeGreaterThan(0);
        }
        const { data } = await read(`/analytics/geo?site=${site}&page=${encodeURIComponent(page)}`);
        expect(data[0], `${site} ${page}`).toMatchObject({ sessions: 1 });
      }
      const { data } = await read(`/analytics/sessions?site=${site}`);
      expect(data[0]).toMatchObject({ session_id: id, entry_page: `${SHOP}/a/?q` });
    }
    // Of all sites no one name finds it, so a question about all of them has to say which.
    const unsaid = await ask(`/analytics/geo?page=${encodeURIComponent(`${SHOP}/a/`)}`, { headers: KEY });
    expect((await problemOf(unsaid, "invalid_query")).errors?.[0]?.path).toBe("site");
    const both = await read(`/analytics/sessions?page=${encodeURIComponent(`${SHOP}/a`)}`);
    expect(both.data.map(({ session_id }) => session_id)).toEqual(expect.arrayContaining([kept, dropped]));
    expect((await read(`/analytics/sessions?page=${encodeURIComponent(SHOP)}`)).data.length).toBeGreaterThan(1);
  });

  it("has no other names for its trailing slash", async () => {
    const response = await ask("/analytics/sites/other", {
      method: "PUT",
      headers: { ...KEY, "Content-Type": "application/json" },
      body: JSON.stringify({ trailing_slash: "strip" }),
    });
    expect((await problemOf(response, "invalid_body")).errors?.[0]?.path).toBe("trailing_slash");
  });
});

describe("how sites name pages, asked of all of them,", () => {
  interface Registry {
    trailingSlashes(): Promise<string[]>;
    save(site: string, settings: string): Promise<unknown>;
  }
  /** A registry of its own, with nothing set. */
  const registry = (): Registry => proxyDurable(env.SITE, { name: "SITE", parse: true }).get(newId()) as Registry;

  it("leaves out the default site while only others are set", async () => {
    const sites = registry();
    expect(await sites.trailingSlashes()).toEqual(["keep"]);
    await sites.save("shop", JSON.stringify({ trailing_slash: "drop" }));
    expect(await sites.trailingSlashes()).toEqual(["drop"]);
    await sites.save("blog", JSON.stringify({ trailing_slash: "drop" }));
    expect(await sites.trailingSlashes()).toEqual(["drop"]);
    await sites.save("default", JSON.stringify({}));
    expect((await sites.trailingSlashes()).sort()).toEqual(["drop", "keep"]);
  });
});

describe("where a session came from", () => {
  it("is kept, shown, broken down and found by channel, medium, term and content", async () => {
    const site = newSite();
    await putSite(site, {});
    const long = `${"Spring ".repeat(9)}👩‍🚀 and what follows`;
    const tags = new URLSearchParams({
      utm_source: "FB",
      utm_medium: "Paid-Social",
      utm_campaign: long,
      utm_term: "Red shoes",
      utm_content: "top",
    });
    const paid = await visit(site, [`${SHOP}/?${tags}`]);
    const app = await visit(site, [`${SHOP}/`], { referrer: "android-app://com.google.android.gm/" });
    await visit(site, [`${SHOP}/`], { referrer: `https://www.google.co.uk/search?q=${"x".repeat(4_000)}` });
    await visit(site, [`${SHOP}/`], { referrer: "https://www.google.com/" });
    const names = async (by: string) =>
      (await read(`/analytics/sources?site=${site}&by=${by}`)).data.map((row) => [row[by], row["sessions"]]);
    expect(await names("channel")).toEqual([
      ["organic_search", 2],
      ["email", 1],
      ["paid_social", 1],
    ]);
    expect(await names("source")).toEqual([
      ["google", 2],
      ["facebook", 1],
      ["gmail", 1],
    ]);
    expect(await names("medium")).toEqual([["paid-social", 1]]);
    expect(await names("term")).toEqual([["red shoes", 1]]);
    expect(await names("content")).toEqual([["top", 1]]);
    const [[campaign]] = (await names("campaign")) as [[string, number]];
    expect([...campaign]).toHaveLength(64);
    const idsBy = async (filter: Record<string, string>) =>
      (await read(`/analytics/sessions?site=${site}&${new URLSearchParams(filter)}`)).data.map(
        (row) => row["session_id"],
      );
    for (const filter of [
      { campaign: long },
      { campaign },
      { campaign: long.toUpperCase() },
      { source: "facebook.com" },
      { source: "fb" },
      { channel: "paid_social" },
      { channel: "paid_social", source: "facebook" },
    ]) {
      expect(await idsBy(filter as unknown as Record<string, string>), JSON.stringify(filter)).toEqual([paid]);
    }
    expect(await idsBy({ channel: "email" })).toEqual([app]);
    expect((await read(`/analytics/sessions?site=${site}&channel=email`)).data[0]).toMatchObject({
      source: "gmail",
      channel: "email",
      medium: null,
      referrer: "android-app://com.google.android.gm/",
    });
    await problemOf(await ask("/analytics/sessions?channel=social", { headers: KEY }), "invalid_query");
  });

  it("costs no start where a referrer is long, and is refused where it is no address", async () => {
    const start = (referrer: unknown) => post(START, { page: SHOP, session_id: newId(), referrer });
    expect((await start(`https://news.example/${"x".repeat(9_000)}`)).status).toBe(200);
    expect((await start("android-app://com.example/")).status).toBe(200);
    for (const bad of ["javascript:alert(1)", "news", 7, {}, []]) {
      expect((await problemOf(await start(bad), "invalid_body")).errors?.[0]?.path).toBe("referrer");
    }
  });
});
