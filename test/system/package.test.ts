import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../scripts/install.ts";
import { App } from "../local/app.ts";

/** The package on a server, and in an editor: there is no page, and nothing happens. */

const CALLS = `
  init({ endpoint: "https://pulse.example.com", site: "shop" });
  track("Cart Added", { sku: "boot-42" });
  identify({ plan: "pro" });
  on("session", () => { throw new Error("there is no session"); });
  consent("granted");
  flush();
  end();`;

/** Types that a site declares, and what of them does not compile. */
const DECLARED = `
  import { type Options, on, track } from "pulsegate";
  declare module "pulsegate" {
    interface PulseGateEvents {
      "Cart Added": { sku: string };
      "购物车": { size?: number };
      "Signed Up": undefined;
    }
  }
  track("Cart Added", { sku: "boot-42" });
  track("购物车", {});
  track("Signed Up");
  window.PulseGate?.track("Cart Added", { sku: "boot-42" });
  // @ts-expect-error: nobody has declared it
  track("Cart Addded", { sku: "boot-42" });
  // @ts-expect-error: its data is missing
  track("Cart Added");
  // @ts-expect-error: its data is another
  track("Cart Added", { sku: 42 });
  // @ts-expect-error: it has no data
  track("Signed Up", { plan: "pro" });
  // @ts-expect-error: the tag's API knows the events, too
  window.PulseGate?.track("Cart Addded");
  on("rejected", (rejection) => rejection);
  export const options: Partial<Options> = { endpoint: "https://pulse.example.com" };`;

const UNDECLARED = `
  import { track, type TrackOf } from "pulsegate/browser";
  track("Anything", { at: "all" });
  track("Anything else");
  // @ts-expect-error: data is an object
  track("Anything", "at all");
  const mine: TrackOf<{ Bought: { price: number } }> = track;
  mine("Bought", { price: 1 });
  // @ts-expect-error: it is not among them
  mine("Sold", { price: 1 });`;

describe("the npm package", () => {
  let app: App;
  beforeAll(() => {
    app = new App();
  });
  afterAll(() => app?.remove());

  const node = (code: string) => app.run(process.execPath, ["--input-type=module", "--eval", code]);

  it("holds what it exports and what its licences ask for, and needs nothing", () => {
    const folder = join(app.path, "node_modules/pulsegate");
    const files = ["LICENSE", "README.md", "THIRD-PARTY.txt", "index.d.ts", "index.js", "package.json"];
    expect(readdirSync(folder).sort()).toEqual(files);
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(about).toMatchObject({ name: "pulsegate", version, license: "MIT", type: "module", sideEffects: false });
    expect(Object.keys(about).filter((key) => /ependencies|^private$|^scripts$/.test(key))).toEqual([]);
    const exported = [
      about.main,
      about.types,
      ...Object.values(about.exports).flatMap((one) => Object.values(one as object)),
    ];
    expect([...new Set(exported)].sort()).toEqual(["./index.d.ts", "./index.js"]);
    const code = readFileSync(join(folder, "index.js"), "utf8");
    expect(code).not.toMatch(/\brequire\(|^import |\bfrom"/m);
    // Each of them is of another server: a bundler that looks at it would find nothing, and say so.
    const imports = code.match(/import\(.*?`/gs) ?? [];
    expect(imports).toHaveLength(1);
    expect(imports[0]).toMatch(/webpackIgnore: true.*@vite-ignore/);
  });

  it("does nothing where there is no page, by either name", () => {
    for (const name of ["pulsegate", "pulsegate/browser"]) {
      const code = `import * as api from "${name}"; const { init, track, identify, on, consent, flush, end } = api;
        ${CALLS} console.log(Object.keys(api).sort().join());`;
      expect(node(code).trim()).toBe("consent,end,flush,identify,init,on,track");
    }
  });

  it("is in a server's bundle, and does nothing there either", async () => {
    app.write(
      "server.js",
      `import { init, track, identify, on, consent, flush, end } from "pulsegate";
      export function render() { ${CALLS} return "<p>rendered</p>"; }`,
    );
    const said: string[] = [];
    await build({
      root: app.path,
      configFile: false,
      logLevel: "silent",
      build: {
        ssr: "server.js",
        outDir: "server",
        rolldownOptions: { onLog: (_, { message }) => void said.push(message) },
      },
      ssr: { noExternal: true },
    });
    expect(said).toEqual([]);
    expect(readFileSync(join(app.path, "server/server.js"), "utf8")).not.toContain('from "pulsegate"');
    expect(node('import { render } from "./server/server.js"; console.log(render());').trim()).toBe("<p>rendered</p>");
  });

  it.each([
    ["a site that declares its events", DECLARED],
    ["one that does not", UNDECLARED],
  ])("has types for %s", (_, code) => {
    app.write("site.ts", code);
    for (const moduleResolution of ["bundler", "nodenext"]) {
      const module = moduleResolution === "bundler" ? "esnext" : moduleResolution;
      const options = { strict: true, noEmit: true, types: [], lib: ["es2022", "dom"], module, moduleResolution };
      app.write("tsconfig.json", JSON.stringify({ compilerOptions: options, files: ["site.ts"] }));
      expect(app.run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "."])).toBe("");
    }
  });
});
