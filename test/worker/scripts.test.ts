import { describe, expect, it } from "vitest";
import { ask } from "../support/visit";
import { problemOf } from "./helpers";

/** The version that a script is at, from the address of its source map. */
async function versionOf(name: string): Promise<string> {
  const map = (await ask(`/${name}`, { method: "HEAD" })).headers.get("SourceMap") ?? "";
  return map.split("/")[2] ?? "";
}

describe.each(["tracker.js", "form.js", "pulse.js"])("/%s", (name) => {
  it("is a script for any origin, cached, with a strong tag that is answered 304", async () => {
    const response = await ask(`/${name}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toMatch(/^text\/javascript/);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(response.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
    expect(response.headers.get("Cache-Control")).toMatch(/public, max-age=\d+/);
    const tag = response.headers.get("ETag") ?? "";
    expect(tag).toMatch(/^"[0-9a-f]+"$/);
    expect(await response.text()).toContain("PulseGate");
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`]) {
      const again = await ask(`/${name}`, { headers: { "If-None-Match": known } });
      expect(again.status).toBe(304);
      expect(again.headers.get("ETag")).toBe(tag);
      expect(await again.text()).toBe("");
    }
    expect((await ask(`/${name}`, { headers: { "If-None-Match": '"other"' } })).status).toBe(200);
  });

  it("is the same under its version, for ever, with a source map beside it", async () => {
    const version = await versionOf(name);
    const response = await ask(`/v/${version}/${name}`);
    expect(response.headers.get("Cache-Control")).toContain("immutable");
    expect(response.headers.get("ETag")).toBe(`"${version}"`);
    expect(await response.text()).toBe(await (await ask(`/${name}`)).text());

    const map = await ask(response.headers.get("SourceMap") ?? "");
    expect(map.headers.get("Content-Type")).toBe("application/json");
    const { sources, sourcesContent } = await map.json<{ sources: string[]; sourcesContent: string[] }>();
    expect(sources.some((source) => source.endsWith(".ts"))).toBe(true);
    expect(sourcesContent).toHaveLength(sources.length);
  });

  it("is not there under any other version: who pins one must not be given another", async () => {
    await problemOf(await ask(`/v/000000000000/${name}`), "not_found");
  });
});

describe("the files that are loaded later", () => {
  it("are where the tracker looks for them", async () => {
    const tracker = await (await ask("/tracker.js")).text();
    const [path] = /\/v\/[0-9a-f]{12}\//.exec(tracker) ?? [];
    for (const name of ["acts.js", "consent.js", "fingerprint.js", "vitals.js"]) {
      const response = await ask(`${path}${name}`);
      expect(response.status, name).toBe(200);
      expect(response.headers.get("Cache-Control")).toContain("immutable");
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    }
  });

  it("are where form.js looks for what shows and sends lead forms", async () => {
    const form = await (await ask("/form.js")).text();
    const [path] = /\/v\/[0-9a-f]{12}\//.exec(form) ?? [];
    const response = await ask(`${path}lead.js`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("data-pulse-lead");
  });

  it.each(["constructor", "tracker.js.map.map", "manifest", "..%2fsecret"])("are no others: %s", async (name) => {
    await problemOf(await ask(`/v/${await versionOf("tracker.js")}/${name}`), "not_found");
  });
});
