/**
 * The names by which scripts and ingest go below `INGEST_PREFIX`. Filter lists know paths by their words, so these have none.
 * One table for what the Worker serves, what the scripts ask for, and the build.
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

/** What pages send to, and ask for. */
export const PATHS: Readonly<Record<string, string>> = {
  "/track/session/start": "/o",
  "/track/events/batch": "/m",
  "/track/event": "/n",
  "/track/session/end": "/x",
  "/track/recording": "/k",
  "/track/socket": "/w",
  "/lead": "/c",
};

/** Forms have a path each: it goes on after this. */
const FORMS = { usual: "/lead/forms/", neutral: "/c/" };

/** The notices of others' licences, that a script's `Link` leads to. */
export const NOTICES = { usual: "/third-party.txt", neutral: "/n.txt" };

/** The usual path of each that is one as a whole: of scripts, those that a tag names. */
const PLAIN = new Map([
  ...["pulse.js", "tracker.js", "form.js"].map((name) => [`/${FILES[name]}`, `/${name}`] as const),
  ...Object.entries(PATHS).map(([usual, neutral]) => [neutral, usual] as const),
  [NOTICES.neutral, NOTICES.usual],
]);

const USUAL_FILES = new Map(Object.entries(FILES).map(([usual, neutral]) => [neutral, usual]));

/** First segments of our own paths, and the platform's: below them other things are, or nothing ever arrives. */
const TAKEN = /^(track|lead|v|analytics|metrics|health|docs|demo|dashboard.*|player.*|cdn-cgi)$/;

/** `INGEST_PREFIX` as the beginning of a path, `/shelf` for one; empty where none is set, null where it cannot be one. */
export function prefixOf(setting: string | undefined): string | null {
  if (!setting) return "";
  return /^[a-z0-9-]{1,32}$/.test(setting) && !TAKEN.test(setting) ? `/${setting}` : null;
}

/** The usual path of one below the prefix; null where there is nothing. */
export function usualPath(path: string): string | null {
  const plain = PLAIN.get(path);
  if (plain !== undefined) return plain;
  const [, version, name = ""] = /^\/v\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const file = USUAL_FILES.get(name);
  if (version !== undefined) return file === undefined ? null : `/v/${version}/${file}`;
  const form = path.startsWith(FORMS.neutral) ? path.slice(FORMS.neutral.length) : "";
  return /^[^/]+\/[^/]+$/.test(form) ? FORMS.usual + form : null;
}

/** What a page's socket calls its session, below the prefix and elsewhere. */
const SESSION = { neutral: "id", usual: "session_id" };

/** The address by its usual name; null where there is nothing below the prefix by this one. */
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

/** Longest first, so that no name is taken for the beginning of another. */
const TEXTS = [
  ...Object.entries({ ...FILES, ...PATHS }),
  ...[FORMS, { usual: `?${SESSION.usual}=`, neutral: `?${SESSION.neutral}=` }].map(
    ({ usual, neutral }) => [usual, neutral] as const,
  ),
].sort(([a], [b]) => b.length - a.length);

/** A script as it is served below the prefix. `lazy`: the version of the files it loads later, and theirs below the prefix. */
export const neutralText = (code: string, lazy: readonly [usual: string, neutral: string]): string =>
  [...TEXTS, lazy].reduce((text, [usual, neutral]) => text.replaceAll(usual, neutral), code);
