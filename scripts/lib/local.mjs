// @ts-check
// The project on the local runtime, as wrangler.toml describes its development environment.
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";

const config = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));

/**
 * @typedef {import("miniflare").V4WorkerOptionsShape} Options
 * @typedef {"compatibilityDate" | "d1Databases" | "r2Buckets" | "kvNamespaces"} Present
 * @typedef {Options & Required<Pick<Options, Present>>} WorkerOptions
 */

/**
 * The Worker's bindings, compatibility date and flags. Wrangler leaves the values' types open; they are Miniflare's.
 * @returns {WorkerOptions}
 */
export function workerOptions() {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config, "development");
  return /** @type {WorkerOptions} */ (workerOptions);
}

/**
 * Opens D1 and R2 as a server that is down has left them. To be disposed of after use.
 * @param {string} state  The server's STATE_DIR.
 */
export function openStores(state) {
  const { compatibilityDate, d1Databases, r2Buckets } = workerOptions();
  return new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: "export default {}",
      compatibilityDate,
      d1Databases,
      r2Buckets,
      resourcePersistencePath: persistRoot(state),
      cf: false,
    }),
  );
}

/** Where `wrangler dev --persist-to` keeps a server's stores. @param {string} state */
export const persistRoot = (state) => `${state}/v3`;
