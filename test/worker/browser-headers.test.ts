import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/bindings";
import { routes } from "../../src/edge/routes";
import worker from "../../src/index";
import { ask, KEY, post } from "../support/visit";
import { newId } from "./helpers";

/** Every answer, walked by the route table: a new route is held to the same. */
vi.setConfig({ testTimeout: 120_000 });

const FILES: Record<string, string> = { "/dashboard*": "/dashboard", "/player*": "/player" };

const pathOf = (path: string): string => FILES[path] ?? path.replaceAll(/:(\w+)/g, () => newId());

/** What is missing or wrong of what each answer to a browser has. */
function faultsOf(response: Response): string[] {
  const { headers } = response;
  const policy = headers.get("Content-Security-Policy") ?? "";
  const checks: [string, boolean][] = [
    ["nosniff", headers.get("X-Content-Type-Options") === "nosniff"],
    ["HSTS", headers.get("Strict-Transport-Security") === "max-age=31536000"],
    ["a policy that begins with nothing", policy.startsWith("default-src 'none'")],
    ["scripts by hash or file", !/script-src[^;]*('unsafe|\*|https?:)/.test(policy)],
    ["base-uri", policy.includes("base-uri 'none'")],
    ["framing", /frame-ancestors ('none'|'self'|\*)/.test(policy)],
    ["CORP", /^(same-origin|cross-origin)$/.test(headers.get("Cross-Origin-Resource-Policy") ?? "")],
    ["Referrer-Policy", headers.has("Referrer-Policy") || headers.has("Location")],
  ];
  return checks.flatMap(([name, holds]) => (holds ? [] : [name]));
}

async function expectSafe(response: Response, name: string): Promise<void> {
  await response.body?.cancel();
  expect(faultsOf(response), `${name}: ${response.status}`).toEqual([]);
}

describe("each route", () => {
  const bodyOf = (method: string) => (method === "POST" || method === "PUT" ? { body: "{}" } : {});

  it.each([
    ["with a key", KEY],
    ["without one", {}],
  ])("answers %s with what keeps a browser safe", async (_, headers) => {
    for (const { method, path } of routes) {
      const response = await ask(pathOf(path), { method, headers, redirect: "manual", ...bodyOf(method) });
      await expectSafe(response, `${method} ${path}`);
    }
  });

  it("does so to HEAD, to OPTIONS, and to a method that it does not take", async () => {
    for (const { method, path } of routes) {
      for (const other of ["HEAD", "OPTIONS", "PATCH"]) {
        const response = await ask(pathOf(path), { method: other, headers: KEY, redirect: "manual" });
        await expectSafe(response, `${other} ${method} ${path}`);
      }
    }
  });

  it("leaves the answer to a socket as it is", async () => {
    const session_id = newId();
    const start = { page: "https://shop.example/" };
    await post("/track/events/batch", { session_id, start, events: [{ event_type: "click" }] });
    const response = await ask(`/track/socket?session_id=${session_id}`, {
      headers: { Upgrade: "websocket", Origin: "https://shop.example" },
    });
    expect(response.status).toBe(101);
    expect(response.headers.has("Content-Security-Policy")).toBe(false);
    response.webSocket?.accept();
    response.webSocket?.close();
  });
});

describe("an answer of no route", () => {
  it.each([
    ["GET", "/"],
    ["GET", "/nothing/here"],
    ["POST", "/nothing/here"],
    ["OPTIONS", "/old/form.php"],
    ["GET", `/x?${"y".repeat(20_000)}`],
    ["GET", "/%ff"],
    ["GET", "/dashboard/no-such-file.js"],
    ["GET", "/dashboards"],
  ])("has it too: %s %s", async (method, path) => {
    await expectSafe(await ask(path, { method }), `${method} ${path}`);
  });

  it("has it where something breaks inside", async () => {
    const broken = {
      ...env,
      DB: {
        prepare: () => {
          throw new Error("D1_ERROR: broken");
        },
      },
    } as unknown as Env;
    const request = new Request("https://pulse.example/analytics/leads", { headers: KEY });
    const response = await worker.fetch(request as Parameters<typeof worker.fetch>[0], broken);
    expect(response.status).toBeGreaterThanOrEqual(500);
    await expectSafe(response, "a broken database");
  });
});

describe("what is shown or taken elsewhere", () => {
  it.each(["/tracker.js", "/form.js", "/pulse.js"])("%s may be embedded by pages of any site", async (path) => {
    const response = await ask(path);
    expect(response.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
    expect(response.headers.get("Link")).toBe('</third-party.txt>; rel="license"');
    await expectSafe(response, path);
    const known = await ask(path, { headers: { "If-None-Match": response.headers.get("ETag") ?? "" } });
    expect(known.status).toBe(304);
    await expectSafe(known, `${path} again`);
  });

  it("files of an export are no pages", async () => {
    for (const Accept of ["text/csv", "application/x-ndjson"]) {
      const response = await ask("/analytics/sessions", { headers: { ...KEY, Accept } });
      expect(response.headers.get("Content-Type")).toContain(Accept);
      await expectSafe(response, Accept);
    }
  });

  it("a plain form's page, its refusal and its way on have it", async () => {
    const send = (body: string) =>
      ask("/lead", {
        method: "POST",
        body,
        headers: {
          "Content-Type": "application/x-www-form-urlencoded",
          Accept: "text/html",
          Origin: "https://shop.example",
          Referer: "https://shop.example/contact",
        },
        redirect: "manual",
      });
    const thanks = await send("email=anna@shop.example");
    expect([thanks.status, thanks.headers.get("Content-Type")]).toEqual([202, "text/html; charset=utf-8"]);
    await expectSafe(thanks, "thanks");
    await expectSafe(await send("email=none"), "a refusal");
    const way = await send("email=anna@shop.example&redirect=http://shop.example/thanks");
    expect([way.status, way.headers.get("Location")]).toEqual([303, "https://shop.example/thanks"]);
    await expectSafe(way, "the way on");
    const less = await send("email=anna@shop.example&redirect=http://shop.example:8080/thanks");
    expect([less.status, less.headers.has("Location")]).toEqual([202, false]);
  });

  it("the documentation and the demo run nothing but what stands in them, and are framed by nobody", async () => {
    for (const path of ["/docs", "/demo"]) {
      // Whatever became of an answer before this one.
      await (await ask(path, { method: "HEAD" })).body?.cancel();
      await (await ask(path)).body?.cancel();
      const response = await ask(path);
      const policy = response.headers.get("Content-Security-Policy") ?? "";
      expect(policy, path).toContain("frame-ancestors 'none'");
      expect(policy, path).not.toContain("unsafe");
      const styles = [...(await response.text()).matchAll(/<style>([^<]*)<\/style>/g)];
      expect(styles.length, path).toBeGreaterThan(0);
      for (const [, text] of styles) {
        const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
        expect(policy, path).toContain(`'sha256-${btoa(String.fromCharCode(...new Uint8Array(hash)))}'`);
      }
    }
  });

  it("over http nothing is said of https", async () => {
    const request = new Request("http://pulse.example/health");
    const response = await worker.fetch(request as Parameters<typeof worker.fetch>[0], env as Env);
    expect(response.status).toBe(200);
    expect(response.headers.has("Strict-Transport-Security")).toBe(false);
  });
});
