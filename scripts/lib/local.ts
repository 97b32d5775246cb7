// The project on the local runtime, as wrangler.toml describes its development environment.
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptionsShape } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";

const config = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));

type Options = V4WorkerOptionsShape;

type Present = "compatibilityDate" | "d1Databases" | "r2Buckets" | "kvNamespaces";

type WorkerOptions = Options & Required<Pick<Options, Present>>;

/** The Worker's bindings, compatibility date and flags. Wrangler leaves the values' types open; they are Miniflare's. */
export function workerOptions(): WorkerOptions {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config, "development");
  return workerOptions as WorkerOptions;
}

/**
 * Opens D1 and R2 as a server that is down has left them. To be disposed of after use.
 * @param state The server's STATE_DIR.
 */
export function openStores(state: string) {
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

/** Where `wrangler dev --persist-to` keeps a server's stores. */
export const persistRoot = (state: string) => `${state}/v3`;
