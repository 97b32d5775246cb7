import type { Head } from "../session/head";
import type { Plan } from "../session/progress";
import type { SessionState } from "../session/state";

/**
 * R2's side of a flush: the append-only log. Each write is a new key, created once: null from a conditional put means
 * that an earlier attempt got through, which is as good. Keys are the contract's; the day is the session's start, UTC.
 */

const CREATE_ONLY = {
  onlyIf: { etagDoesNotMatch: "*" },
  httpMetadata: { contentType: "application/json" },
} as const;

export const ARCHIVE_VERSION = 1;

export function sessionPrefix(sessionId: string, startedAt: number): string {
  const [year, month, day] = new Date(startedAt).toISOString().slice(0, 10).split("-");
  return `sessions/${year}/${month}/${day}/${sessionId}/`;
}

const prefixOf = (head: Head, state: SessionState): string => sessionPrefix(head.session_id, state.started_at);

/** 13 digits, so that keys sort by time until the year 2286. */
const stamp = (at: number): string => String(at).padStart(13, "0");

export async function putEvents(
  bucket: R2Bucket,
  head: Head,
  state: SessionState,
  plan: Plan,
  body: string,
): Promise<void> {
  const envelope = `"v":${ARCHIVE_VERSION},"session_id":"${head.session_id}","lo":${plan.lo},"hi":${plan.hi}`;
  const key = `${prefixOf(head, state)}events/${stamp(plan.at)}-${plan.lo}.json`;
  await bucket.put(key, `{${envelope},"entries":[${body}]}`, CREATE_ONLY);
}

export async function putMeta(bucket: R2Bucket, head: Head, state: SessionState): Promise<void> {
  const meta = {
    v: ARCHIVE_VERSION,
    session_id: head.session_id,
    site: head.site,
    started_at: state.started_at,
    device: state.device,
    network: state.network,
    consent: state.consent,
  };
  await bucket.put(`${prefixOf(head, state)}meta.json`, JSON.stringify(meta), CREATE_ONLY);
}

/** The only place of the archive where a person is named, and the one that erasure empties. */
export async function putIdentity(bucket: R2Bucket, head: Head, state: SessionState): Promise<void> {
  const key = `${prefixOf(head, state)}identity/${stamp(head.identity_at)}-${head.identity_version}.json`;
  const identity = { v: ARCHIVE_VERSION, session_id: head.session_id, at: head.identity_at, ...head.identity };
  await bucket.put(key, JSON.stringify(identity), CREATE_ONLY);
}

/** The `n` of `identity/{timestamp}-{n}.json`. */
const versionOf = (key: string): number => Number(/-(\d+)\.json$/.exec(key)?.[1] ?? 0);

/** Deletes a session's identity objects of versions up to `through`: a consent given again begins with the next. */
export async function eraseIdentity(bucket: R2Bucket, head: Head, state: SessionState, through: number): Promise<void> {
  const prefix = `${prefixOf(head, state)}identity/`;
  let cursor: string | undefined;
  do {
    const page: R2Objects = await bucket.list(cursor ? { prefix, cursor } : { prefix });
    const keys = page.objects.map((object) => object.key).filter((key) => versionOf(key) <= through);
    if (keys.length > 0) await bucket.delete(keys);
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
}
