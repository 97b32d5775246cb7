import { Problem } from "../../protocol/problem";
import type { Handler } from "../http/context";

/**
 * `GET /dashboard`, `/player` and what they load: files of the build, with the policies of `src/web/dashboard/headers.txt`. They
 * pass through the Worker, which adds the headers of every response.
 */
export const getAsset: Handler = async ({ request, env }) => {
  const file = await env.ASSETS?.fetch(request);
  if (file?.headers.has("Location")) {
    // Files are cached for a year, but where this path leads may change with the next deploy.
    const way = new Response(null, file);
    way.headers.set("Cache-Control", "no-cache");
    return way;
  }
  if (file && file.status !== 404) return file;
  await file?.body?.cancel();
  throw new Problem("not_found", "There is nothing at this path.");
};
