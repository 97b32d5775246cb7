import actsMap from "../../dist/browser/acts.js.map.txt";
import acts from "../../dist/browser/acts.js.txt";
import domainMap from "../../dist/browser/domain.js.map.txt";
import domain from "../../dist/browser/domain.js.txt";
import fingerprintMap from "../../dist/browser/fingerprint.js.map.txt";
import fingerprint from "../../dist/browser/fingerprint.js.txt";
import formMap from "../../dist/browser/form.js.map.txt";
import form from "../../dist/browser/form.js.txt";
import leadMap from "../../dist/browser/lead.js.map.txt";
import lead from "../../dist/browser/lead.js.txt";
import manifestText from "../../dist/browser/manifest.txt";
import pulseMap from "../../dist/browser/pulse.js.map.txt";
import pulse from "../../dist/browser/pulse.js.txt";
import recorderMap from "../../dist/browser/recorder.js.map.txt";
import recorder from "../../dist/browser/recorder.js.txt";
import trackerMap from "../../dist/browser/tracker.js.map.txt";
import tracker from "../../dist/browser/tracker.js.txt";
import type { Handler } from "../http/context";
import { isKnown } from "../http/etag";
import { Problem } from "../http/problem";

/** The browser scripts as the build left them: their text, their source maps, and the hashes they go by. */
const CODE: Record<string, string> = {
  "acts.js": acts,
  "domain.js": domain,
  "fingerprint.js": fingerprint,
  "form.js": form,
  "lead.js": lead,
  "pulse.js": pulse,
  "recorder.js": recorder,
  "tracker.js": tracker,
};
const MAPS: Record<string, string> = {
  "acts.js.map": actsMap,
  "domain.js.map": domainMap,
  "fingerprint.js.map": fingerprintMap,
  "form.js.map": formMap,
  "lead.js.map": leadMap,
  "pulse.js.map": pulseMap,
  "recorder.js.map": recorderMap,
  "tracker.js.map": trackerMap,
};
const MANIFEST = JSON.parse(manifestText) as Record<string, { version: string; integrity: string }>;

/** The scripts' versions and hashes, for whoever shows a tag. */
export const scriptFacts = (name: string): { version: string; integrity: string } => {
  const facts = Object.hasOwn(MANIFEST, name) ? MANIFEST[name] : undefined;
  if (facts) return facts;
  throw new Problem("not_found", "There is no such script.");
};

const HOUR = "public, max-age=3600, stale-while-revalidate=86400";
const FOR_EVER = "public, max-age=31536000, immutable";

/** `GET /tracker.js`, `/form.js`, `/pulse.js`: for any origin; an hour in caches, then asked for by its tag. */
export const getScript: Handler = ({ request, url }) => serve(request, url.pathname.slice(1), HOUR);

/**
 * `GET /v/:version/:name`: the same, and the files they load later, under a name that changes with the content. Another
 * version than this Worker's is not here: a page that pins one by its hash must not be given something else.
 */
export const getVersion: Handler = ({ request, params }) => {
  const { version, name = "" } = params;
  if (scriptFacts(name.replace(/\.map$/, "")).version === version) return serve(request, name, FOR_EVER);
  throw new Problem("not_found", "This version is not served any more.");
};

function serve(request: Request, name: string, cache: string): Response {
  const isMap = Object.hasOwn(MAPS, name);
  const script = isMap ? name.replace(/\.map$/, "") : name;
  const { version } = scriptFacts(script);
  const headers = {
    "Content-Type": isMap ? "application/json" : "text/javascript; charset=utf-8",
    "Cache-Control": cache,
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    // The scripts' own comments would weigh on every page: what others' licences ask to be said is there.
    Link: '</third-party.txt>; rel="license"',
    ...(!isMap && { SourceMap: `/v/${version}/${script}.map` }),
    ETag: `"${version}${isMap ? "-map" : ""}"`,
  };
  if (isKnown(request, headers.ETag)) return new Response(null, { status: 304, headers });
  return new Response(isMap ? MAPS[name] : CODE[name], { headers });
}
