/**
 * The names of scripts and ingest paths below `INGEST_PREFIX`. Filter lists match words in paths, so these have none. One table for
 * the Worker, the scripts and the build.
 */

/** Scripts. */
export const FILES: Readonly<Record<string, string>> = {
  "pulse.js": "s.js",
  "tracker.js": "t.js",
  "form.js": "f.js",
  "acts.js": "a.js",
  "fingerprint.js": "d.js",
  "consent.js": "u.js",
  "domain.js": "g.js",
  "vitals.js": "h.js",
  "lead.js": "q.js",
  "recorder.js": "r.js",
};

/** Paths that pages call. */
export const PATHS: Readonly<Record<string, string>> = {
  "/track/session/start": "/o",
  "/track/events/batch": "/m",
  "/track/event": "/n",
  "/track/session/end": "/x",
  "/track/recording": "/k",
  "/track/socket": "/w",
  "/lead": "/c",
};

/** The beginning of a form's path. */
const FORMS = { usual: "/lead/forms/", neutral: "/c/" };

/** The notices of others' licences, which a script's `Link` names. */
export const NOTICES = { usual: "/third-party.txt", neutral: "/n.txt" };

/** Usual paths by their neutral ones, of those without parameters. Of scripts, only those that a tag names. */
const PLAIN = new Map<string, string>();
for (const name of ["pulse.js", "tracker.js", "form.js"]) PLAIN.set(`/${FILES[name]}`, `/${name}`);
for (const [usual, neutral] of Object.entries(PATHS)) PLAIN.set(neutral, usual);
PLAIN.set(NOTICES.neutral, NOTICES.usual);

const USUAL_FILES = new Map(Object.entries(FILES).map(([usual, neutral]) => [neutral, usual]));

/** First segments that the Worker or the platform uses for something else. */
const TAKEN = /^(track|lead|v|analytics|metrics|health|docs|demo|dashboard.*|player.*|cdn-cgi)$/;

/** `INGEST_PREFIX` as the beginning of a path, such as `/shelf`; empty if none is set, null if it is not valid. */
export function prefixOf(setting: string | undefined): string | null {
  if (!setting) return "";
  return /^[a-z0-9-]{1,32}$/.test(setting) && !TAKEN.test(setting) ? `/${setting}` : null;
}

/** The usual path of a neutral one; null if there is none. */
export function usualPath(path: string): string | null {
  const plain = PLAIN.get(path);
  if (plain !== undefined) return plain;
  const [, version, name = ""] = /^\/v\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const file = USUAL_FILES.get(name);
  if (version !== undefined) return file === undefined ? null : `/v/${version}/${file}`;
  const form = path.startsWith(FORMS.neutral) ? path.slice(FORMS.neutral.length) : "";
  return /^[^/]+\/[^/]+$/.test(form) ? FORMS.usual + form : null;
}

/** The parameter that names the session of a page's socket. */
const SESSION = { neutral: "id", usual: "session_id" };

/** The usual address of one below the prefix; null if there is none. */
export function usualUrl(url: URL, prefix: string): URL | null {
  const path = usualPath(url.pathname.slice(prefix.length));
  if (path === null) return null;
  const usual = new URL(url);
  usual.pathname = path;
  const id = path === "/track/socket" ? usual.searchParams.get(SESSION.neutral) : null;
  if (id !== null) {
    usual.searchParams.delete(SESSION.neutral);
    usual.searchParams.set(SESSION.usual, id);
  }
  return usual;
}

/** What is replaced in a script. Longest first, so that no name is taken for the beginning of another. */
const TEXTS = Object.entries({
  ...FILES,
  ...PATHS,
  [FORMS.usual]: FORMS.neutral,
  [`?${SESSION.usual}=`]: `?${SESSION.neutral}=`,
}).sort(([a], [b]) => b.length - a.length);

/** A script as it is served below the prefix. `lazy`: the path of the files it loads later, usual and neutral. */
export const neutralText = (code: string, lazy: readonly [usual: string, neutral: string]): string =>
  [...TEXTS, lazy].reduce((text, [usual, neutral]) => text.replaceAll(usual, neutral), code);
