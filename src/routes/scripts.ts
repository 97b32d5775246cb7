import tracker from "../../dist/browser/tracker.js.txt";
import type { Handler } from "../http/context";
import { sha256 } from "../session/call";

let tag: Promise<string> | undefined;

const etag = (): Promise<string> => {
  tag ??= sha256(tracker).then((hash) => `"${hash.slice(0, 32)}"`);
  return tag;
};

/** `GET /tracker.js`: the page's script, for any origin; an hour in caches, then asked for by its tag. */
export const getTracker: Handler = async ({ request }) => {
  const headers = {
    "Content-Type": "text/javascript; charset=utf-8",
    "Cache-Control": "public, max-age=3600, stale-while-revalidate=86400",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    ETag: await etag(),
  };
  const known = (request.headers.get("If-None-Match") ?? "").split(",").map((one) => one.trim().replace(/^W\//, ""));
  if (known.includes(headers.ETag)) return new Response(null, { status: 304, headers });
  return new Response(tracker, { headers });
};
