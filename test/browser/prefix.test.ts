import { Request as Asked, FiltersEngine } from "@ghostery/adblocker";
import type { BrowserContext } from "playwright-core";
import { expect, test } from "vitest";
import { session, sessions } from "./analytics";
import { describeVisits, type Setting } from "./setting";
import { CONTACT, use } from "./use";

/**
 * Rules in the syntax of EasyPrivacy, written by hand after the kinds of rules that it has: words of paths, of files and of
 * parameters. The list itself is under licences that this project does not pass on.
 */
const RULES = `
[Adblock Plus 2.0]
/tracker.js$script
/pulse.js$script
/form-tracking.
/track/*$~document
/track?
/event/track
/events/batch
/session/start
/session/end
-analytics.
/analytics/*$~document
/beacon.
/beacon/*
/collect?
/collector/*
/fingerprint.
/fingerprint/*
/lead?
/lead/*$xmlhttprequest
/log?
/metrics/*
/pageview?
/pixel.
/recorder.js$script
/recording?
/stats?
/visit?
&session_id=
?session_id=
.gif?event=
`;
const engine = FiltersEngine.parse(RULES, { enableCompression: false });

type Kind = Parameters<typeof Asked.fromRawDetails>[0]["type"];

const isBlocked = (url: string, type: string, sourceUrl: string): boolean =>
  engine.match(Asked.fromRawDetails({ url, type: type as NonNullable<Kind>, sourceUrl })).match;

/** A visitor who blocks what the rules name. Returns what was blocked, and all that was asked for. */
async function blocker(setting: Setting): Promise<{ context: BrowserContext; blocked: string[]; asked: URL[] }> {
  const context = await setting.visitor();
  const blocked: string[] = [];
  const asked: URL[] = [];
  const look = (url: string, type: string, from: string): boolean => {
    asked.push(new URL(url));
    const isFound = isBlocked(url, type, from);
    if (isFound) blocked.push(new URL(url).pathname);
    return isFound;
  };
  await context.route("**/*", (route, request) =>
    look(request.url(), request.resourceType(), request.frame().url()) ? route.abort() : route.continue(),
  );
  context.on("page", (page) => {
    page.on("websocket", (socket) => void look(socket.url(), "websocket", page.url()));
  });
  return { context, blocked, asked };
}

const TELLING = /track|analytic|pulse|pixel|beacon|collect|event|session|visit|lead|log|stat|metric|finger|record/i;

describeVisits(
  "a page whose script is below a prefix",
  (setting) => {
    test("asks for nothing elsewhere, and for nothing that a list knows; nothing is lost", async () => {
      const { server } = setting;
      const shop = await setting.otherShop({ script: "shelf/s.js", body: CONTACT });
      const { context, blocked, asked } = await blocker(setting);
      const page = await setting.visit(shop.url, context, "/d.js");
      const id = await use(setting, page);
      const types = await setting.depart(page, id);
      expect(types).toContain("form_submit");
      expect(blocked).toEqual([]);

      const ours = asked.filter(({ host }) => host === new URL(server.url).host);
      const names = [...new Set(ours.map(({ pathname }) => pathname.replace(/\/v\/\w{12}/, "")))].sort();
      expect(names.filter((name) => !name.startsWith("/shelf/"))).toEqual([]);
      for (const name of ["s.js", "a.js", "d.js", "q.js", "m", "w", "c"]) expect(names).toContain(`/shelf/${name}`);
      expect(ours.filter(({ pathname, search }) => TELLING.test(pathname + search)).map(String)).toEqual([]);
      expect(ours.some(({ protocol }) => protocol === "ws:")).toBe(true);
      expect((await fetch(`${server.url}/shelf/n.txt`)).status).toBe(200);
      expect(await session(server, id)).toMatchObject({ site: "shop" });
      const leads = async (): Promise<unknown[]> => {
        const { data } = (await (await server.api("/analytics/leads?site=shop")).json()) as { data: unknown[] };
        return data;
      };
      await expect.poll(leads).toContainEqual(expect.objectContaining({ email: "ada@shop.example", session_id: id }));
    });

    test("is recorded, where the site records", async () => {
      const { server } = setting;
      const settings = { allowed_origins: ["*"], record: true };
      await server.api("/analytics/sites/filmed", { method: "PUT", body: JSON.stringify(settings) });
      const shop = await setting.otherShop({ script: "shelf/s.js", tag: 'data-site="filmed"' });
      const { context, blocked, asked } = await blocker(setting);
      const page = await setting.visit(shop.url, context, "/d.js");
      await page.click("#buy");
      await expect.poll(() => asked.map(({ pathname }) => pathname)).toContain("/shelf/k");
      expect(asked.some(({ pathname }) => /^\/shelf\/v\/\w{12}\/r\.js$/.test(pathname))).toBe(true);
      expect(blocked).toEqual([]);
      await page.close();
    });

    test("is blocked by its usual name", async () => {
      const { server } = setting;
      const shop = await setting.otherShop({ script: "tracker.js", tag: 'data-site="blocked"' });
      const { context, blocked } = await blocker(setting);
      const page = await context.newPage();
      await page.goto(shop.url);
      expect(blocked).toEqual(["/tracker.js"]);
      expect(await page.evaluate(() => window.PulseGate === undefined)).toBe(true);
      for (const [path, type] of [
        ["/track/events/batch", "xmlhttprequest"],
        ["/track/session/start", "ping"],
        ["/track/socket?session_id=1&site=shop", "websocket"],
        ["/lead?site=shop", "xmlhttprequest"],
      ] as const)
        expect(isBlocked(server.url + path, type, shop.url), path).toBe(true);
      await page.close();
      expect((await sessions(server)).filter(({ site }) => site === "blocked")).toEqual([]);
    });
  },
  { INGEST_PREFIX: "shelf" },
);
