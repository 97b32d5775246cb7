import { describe, expect, it } from "vitest";
import { readHeaders } from "../../src/core/network/headers";

const chrome = (version: number) =>
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`;
const CHROME_ON_IOS =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.1 Mobile/15E148 Safari/604.1";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

const URL_HTTPS = "https://pulse.example/track";

/** What Chrome sends with a request of a page. */
const USUAL: Record<string, string> = {
  Origin: "https://shop.example",
  "User-Agent": chrome(140),
  "Accept-Language": "de-AT,de;q=0.9",
  "Accept-Encoding": "gzip, deflate, br",
  "Sec-Fetch-Site": "cross-site",
  "Sec-Fetch-Mode": "cors",
  "Sec-CH-UA": '"Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"',
};

/** Of the usual headers with some changed, those that are null left out. */
function read(more: Record<string, string | null> = {}, { url = URL_HTTPS, asked = null as string | null } = {}) {
  const headers = new Headers();
  for (const [name, value] of Object.entries({ ...USUAL, ...more })) if (value !== null) headers.set(name, value);
  return readHeaders({ headers, url }, asked);
}

const NO_FETCH_METADATA = { "Sec-Fetch-Site": null, "Sec-Fetch-Mode": null };

describe("a page's request", () => {
  it("with all that a browser sends has no finding, and says the agent and the language", () => {
    const { findings, agent, language } = read();
    expect(findings).toEqual([]);
    expect(agent).toMatchObject({ browser: "chrome", major: 140, os: "windows" });
    expect(language).toBe("de-AT");
  });

  it.each<[string, Record<string, string | null>, string[]]>([
    ["a user agent", { "User-Agent": null }, ["no_user_agent"]],
    ["anything in the user agent", { "User-Agent": "" }, ["no_user_agent"]],
    ["anything to see in it", { "User-Agent": "\u00a0\u00ad" }, ["no_user_agent"]],
    ["languages", { "Accept-Language": null }, ["no_accept_language"]],
    ["an encoding", { "Accept-Encoding": null }, ["no_gzip"]],
    ["gzip among its encodings", { "Accept-Encoding": "br, xgzip, gzipx" }, ["no_gzip"]],
    ["fetch metadata", NO_FETCH_METADATA, ["no_sec_fetch"]],
    [
      "anything",
      { ...NO_FETCH_METADATA, "Accept-Language": null, "Accept-Encoding": null, "Sec-CH-UA": null },
      ["no_accept_language", "no_gzip", "no_sec_fetch"],
    ],
  ])("without %s is found out", (_, more, findings) => {
    expect(read(more).findings).toEqual(findings);
  });

  it("may write gzip as it likes, and is judged by what it asked for where the edge asks for something else", () => {
    expect(read({ "Accept-Encoding": "br;q=1.0, GZIP;q=0.8" }).findings).toEqual([]);
    expect(read({ "Accept-Encoding": null }, { asked: "gzip" }).findings).toEqual([]);
    expect(read({ "Accept-Encoding": "gzip" }, { asked: "br" }).findings).toEqual(["no_gzip"]);
  });
});

describe("fetch metadata", () => {
  it.each([
    ["of either kind is enough: the site", { "Sec-Fetch-Mode": null }],
    ["of either kind is enough: the mode", { "Sec-Fetch-Site": null }],
    ["is not in a WebSocket's handshake", { ...NO_FETCH_METADATA, Upgrade: "websocket" }],
    ["came with Chrome 80", { ...NO_FETCH_METADATA, "User-Agent": chrome(79), "Sec-CH-UA": null }],
    ["is not Chrome's on iOS, which is Safari inside", { ...NO_FETCH_METADATA, "User-Agent": CHROME_ON_IOS }],
    ["is not asked of other browsers", { ...NO_FETCH_METADATA, "User-Agent": FIREFOX }],
    ["is not asked of nobody", { ...NO_FETCH_METADATA, "User-Agent": "Mozilla/5.0" }],
  ])("%s", (_, more) => {
    expect(read(more).findings).toEqual([]);
  });

  it("is expected of Chrome 80", () => {
    expect(read({ ...NO_FETCH_METADATA, "User-Agent": chrome(80) }).findings).toEqual(["no_sec_fetch"]);
  });

  it.each([
    ["http://pulse.example/", []],
    ["http://localhost:8787/", ["no_sec_fetch"]],
    ["http://127.0.0.1:8787/", ["no_sec_fetch"]],
    ["http://[::1]:8787/", ["no_sec_fetch"]],
    ["https://pulse.example/", ["no_sec_fetch"]],
  ])("is sent where the address can be trusted: of %s it leaves %j", (url, findings) => {
    expect(read(NO_FETCH_METADATA, { url }).findings).toEqual(findings);
  });
});

describe("client hints", () => {
  it.each<[string, Record<string, string | null>, string[]]>([
    ["that are headless", { "Sec-CH-UA": '"Chromium";v="140", "HeadlessChrome";v="140"' }, ["hints_headless"]],
    ["that are headless and differ", { "Sec-CH-UA": '"headlesschrome";v="3", "Chromium";v="3"' }, ["hints_headless"]],
    ["of another version", { "Sec-CH-UA": '"Chromium";v="139"' }, ["hints_differ"]],
    ["of another version of Google's", { "Sec-CH-UA": '"Google Chrome"; v="14"' }, ["hints_differ"]],
    ["of another version, from Chrome 90 on", { "User-Agent": chrome(90) }, ["hints_differ"]],
    ["of another version, before Chrome 90", { "User-Agent": chrome(89) }, []],
    ["of Chrome, from another browser", { "User-Agent": FIREFOX }, []],
    ["of Chrome, without a user agent", { "User-Agent": null }, ["no_user_agent"]],
    ["of the same version, with blanks", { "Sec-CH-UA": '"Chromium";   v="140"' }, []],
    ["of no Chrome", { "Sec-CH-UA": '"Brave";v="1"' }, []],
    ["with no version", { "Sec-CH-UA": '"Chromium";v=""' }, []],
    ["that are not there", { "Sec-CH-UA": null }, []],
  ])("%s are told", (_, more, findings) => {
    expect(read(more).findings).toEqual(findings);
  });
});

describe("the language", () => {
  it.each([
    ["de", "de"],
    ["de-AT,de;q=0.9", "de-AT"],
    ["gsw-CH;q=1", "gsw-CH"],
    ["zh-Hant-TW, en", "zh-Hant-TW"],
    ["es-419", "es-419"],
    ["en-abcdefgh", "en-abcdefgh"],
    ["en-abcdefgh-ijklmnop", "en-abcdefgh-ijkl"],
    ["en-x", "en"],
    ["e", null],
    ["*", null],
    ["1, de", null],
    [";q=0.5, de", null],
  ])("asked for first in %j is %j", (header, language) => {
    expect(read({ "Accept-Language": header }).language).toBe(language);
  });

  it("may follow blanks, and is not known where none is asked for", () => {
    const withBlank = { get: (name: string) => (name === "Accept-Language" ? "  fr-CA" : null), has: () => true };
    expect(readHeaders({ headers: Object.assign(new Headers(), withBlank), url: URL_HTTPS }, "gzip").language).toBe(
      "fr-CA",
    );
    expect(read({ "Accept-Language": null }).language).toBeNull();
  });
});

describe("a request without an origin", () => {
  const server = (agent: string | null) => read({ Origin: null, "User-Agent": agent, "Accept-Encoding": null });

  it("has no findings and no language, because its headers are not the visitor's", () => {
    expect(server(FIREFOX)).toMatchObject({ findings: null, language: null, agent: { browser: "firefox" } });
    expect(server(null)).toEqual({ findings: null, language: null, agent: null, isAgentless: true });
    expect(server(" \u00a0")).toEqual(server(null));
  });

  it.each([
    "curl/8.5.0",
    "Wget/1.21",
    "node",
    "undici",
    "node-fetch/1.0",
    "axios/1.7",
    "got (https://x.y)",
    "Deno/1.4",
    "Bun/1.1",
    "Python/3.12 aiohttp/3.9",
    "python-requests/2.31",
    "aiohttp/3",
    "httpx/0.27",
    "Go-http-client/2.0",
    "okhttp/4.12",
    "Java/17",
    "Apache-HttpClient/4.5",
    "Ruby",
    "PHP/8.3",
    "GuzzleHttp/7",
    "PostmanRuntime/7.36",
    "insomnia/8",
  ])("is of no agent where a server sent it with %s", (agent) => {
    expect(server(agent).agent).toBeNull();
  });

  it.each(["Mozilla/5.0 curl/8", "JavaFX/17", "gotham/1", "nodejs/2", "rubyx", "phpx"])(
    "keeps the agent a server passes on: %s",
    (agent) => {
      expect(server(agent).agent).not.toBeNull();
    },
  );
});
