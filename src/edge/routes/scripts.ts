import { Problem } from "../../protocol/problem";
import type { Context, Handler } from "../http/context";
import { isKnown } from "../http/etag";
import { keptScript } from "../http/kept-scripts";
import { NOTICES } from "../http/neutral-names";
import { mapText, scriptFacts, scriptText } from "../http/scripts";

const HOUR = "public, max-age=3600, stale-while-revalidate=86400";
const FOR_EVER = "public, max-age=31536000, immutable";

const unknown = (): Problem => new Problem("not_found", "There is no such script.");

/** `GET /tracker.js`, `/form.js`, `/pulse.js`: for any origin. Caches keep it for an hour, then ask with its tag. */
export const getScript: Handler = (context) => {
  const name = context.url.pathname.slice(1);
  const isNeutral = context.below !== "";
  const facts = scriptFacts(name, isNeutral);
  if (!facts) throw unknown();
  return serve(context, { name, version: facts.version, text: scriptText(name, isNeutral), cache: HOUR });
};

/**
 * `GET /v/:version/:name`: these scripts, and the files they load later, under a name that changes with the content. A version
 * before this Worker's is kept for a day after its last deploy. After that it is 404: a page that pins a version by its hash must
 * not get another one.
 */
export const getVersion: Handler = async (context) => {
  const { version = "", name = "" } = context.params;
  const isNeutral = context.below !== "";
  const script = name.replace(/\.map$/, "");
  const facts = scriptFacts(script, isNeutral);
  if (!facts) throw unknown();
  if (facts.version === version) {
    const text = name === script ? scriptText(name, isNeutral) : mapText(name);
    // A map names the sources, and so tells what the script is.
    if (text === undefined || (isNeutral && name !== script)) throw unknown();
    return serve(context, { name, version, text, cache: FOR_EVER });
  }
  const text = name === script ? await keptScript(context, version, name) : null;
  if (text === null) throw new Problem("not_found", "This version is not served any more.");
  return serve(context, { name, version, text, cache: FOR_EVER, isKept: true });
};

interface Served {
  name: string;
  version: string;
  text: string;
  cache: string;
  /** It is of an earlier version, whose map is gone. */
  isKept?: boolean;
}

function serve({ request, below }: Context, { name, version, text, cache, isKept = false }: Served): Response {
  const isMap = name.endsWith(".map");
  const tag = `"${version}${isMap ? "-map" : ""}"`;
  const headers = new Headers({
    "Content-Type": isMap ? "application/json" : "text/javascript; charset=utf-8",
    "Cache-Control": cache,
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    // Others' licences are named there, because comments in the scripts would make every page heavier.
    Link: `<${below}${below ? NOTICES.neutral : NOTICES.usual}>; rel="license"`,
    ETag: tag,
  });
  if (!isMap && !below && !isKept) headers.set("SourceMap", `/v/${version}/${name}.map`);
  if (isKnown(request, tag)) return new Response(null, { status: 304, headers });
  return new Response(text, { headers });
}
