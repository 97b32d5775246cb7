import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

const migrations = await readD1Migrations("migrations");

/**
 * Suites that meet real clocks and a browser try a failed test a second time, and `npm test` names each that needed it with
 * what the first try failed with. The others do not: what they find with random input must not be lost to a second try.
 */
const ONCE_MORE = { retry: 1 };

/**
 * Suites that run inside workerd, against its real D1, R2, KV, alarms and actors. Files without stores share a runtime, whose
 * start takes longer than their tests; the others have one each, so that none meets another's rows.
 */
const inWorkerd = (name: string, { testTimeout = 30_000, stores = true } = {}) => ({
  plugins: [
    cloudflareTest({
      main: "./test/support/worker.ts",
      wrangler: { configPath: "./wrangler.toml", environment: "development" },
      miniflare: {
        bindings: { MIGRATIONS: migrations, LOG_LEVEL: "error", TEST_SCALE: process.env["TEST_SCALE"] ?? "1" },
        cf: false,
        // The pool serves modules to the registry that was the default until autumn 2026, and knows no other.
        compatibilityFlags: ["legacy_module_registry"],
      },
    }),
  ],
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    setupFiles: stores ? ["./test/support/setup.ts"] : [],
    testTimeout,
    isolate: stores,
    ...(name === "worker" ? ONCE_MORE : {}),
    // itty-durable is a mixed CJS/ESM package; workerd loads it only when it has been bundled.
    deps: { optimizer: { ssr: { enabled: true, include: ["itty-durable"] } } },
  },
});

/** Suites that start the real server, or a browser, from Node. */
const inNode = (name: string, { atOnce = 1 } = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: "node",
    testTimeout: 180_000,
    hookTimeout: 90_000,
    // A busy machine takes longer than the second that is the default.
    expect: { poll: { timeout: 15_000 } },
    ...(atOnce > 1 ? { maxWorkers: atOnce } : { fileParallelism: false }),
    ...ONCE_MORE,
  },
});

export default defineConfig({
  test: {
    // Vitest would leave one processor idle, which on two is half of the machine.
    maxWorkers: 2,
    projects: [
      inWorkerd("unit", { stores: false }),
      inWorkerd("property", { stores: false, testTimeout: 120_000 }),
      inWorkerd("worker"),
      inWorkerd("crash", { testTimeout: 120_000 }),
      // Its servers wait, too: for schedules of webhooks, and for what an erasure has to look at once more.
      inNode("system", { atOnce: 2 }),
      // Visits mostly wait: for clocks, alarms, and a page that is idle.
      inNode("browser", { atOnce: 2 }),
      inNode("soak"),
    ],
  },
});
