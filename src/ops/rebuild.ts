import type { Env } from "../bindings";
import { groupOf, type IdentityPlace, placeOf } from "../core/identity/name";
import { firstSeq } from "../core/session/entry";
import { apply } from "../core/session/fold/fold";
import { newState, type SessionState } from "../core/session/fold/state";
import { type Head, type Identity, newHead } from "../core/session/head";
import { newProgress } from "../core/session/progress";
import { type ArchivedIdentity, readFlushes, readIdentities, readMeta } from "../data/store/archive";
import { type Day, sessionPrefixes } from "../data/store/archive-days";
import { deleteSessionRows } from "../data/store/erasures";
import { type Flush, isAhead, replaceSession } from "../data/store/rebuild";
import { sessionRow } from "../data/store/session-row/row";
import type { WorkBudget } from "./work-budget";

type RebuildStores = Pick<Env, "DB" | "TRACKING_R2" | "IDENTITY">;

export interface Rebuilt {
  sessions: number;
  events: number;
  quarantined: number;
  /** Fingerprints whose shards have written their rows again, each once a site. */
  fingerprints: number;
  /** Sessions of which D1 has later entries than the archive: left as they are. */
  ahead: number;
  /** Sessions whose log lacks its beginning: not written. */
  incomplete: number;
  /** The prefix of the last session that was done: the next call goes on after it. Null at the end. */
  next: string | null;
}

/** Calls that a session costs, about: its listings, its three objects, D1, a look back, and its fingerprint's shard. */
const CALLS_A_SESSION = 12;

/**
 * Writes D1's `sessions` and `events` again from the archive alone. Each log is folded as its actor folds it, and written by the same
 * statements as its flushes. Shards of fingerprints write their own rows again, because those count over many sessions. Bounded by
 * `budget`; `after` is where the last call stopped.
 */
export async function rebuild(
  stores: RebuildStores,
  range: { from: Day; to: Day },
  after: string | null,
  budget: WorkBudget,
): Promise<Rebuilt> {
  const counts = { sessions: 0, events: 0, quarantined: 0, fingerprints: 0, ahead: 0, incomplete: 0 };
  const done: Rebuilt = { ...counts, next: after };
  const met = new Set<string>();
  for await (const { prefix, session_id } of sessionPrefixes(stores.TRACKING_R2, range, after)) {
    if (!budget.take(CALLS_A_SESSION)) return done;
    const identities = await readIdentities(stores.TRACKING_R2, prefix);
    const meta = await readMeta(stores.TRACKING_R2, prefix);
    await rebuildSession(stores, { prefix, id: session_id, meta, newest: identities.at(-1) }, done);
    const prints = meta ? identities.flatMap((identity) => placeOfPrint(stores, identity, meta.site)) : [];
    for (const { shard, key } of prints) {
      if (met.has(key)) continue;
      met.add(key);
      if (await stores.IDENTITY.getByName(shard).rewrite(key)) done.fingerprints += 1;
    }
    done.next = prefix;
  }
  return { ...done, next: null };
}

/** Where the fingerprint of an identity object is kept; empty if the object names none. */
function placeOfPrint(
  { IDENTITY }: RebuildStores,
  { fingerprint_id, identity_group }: ArchivedIdentity,
  site: string,
): IdentityPlace[] {
  return fingerprint_id ? [placeOf(IDENTITY, "fingerprint", fingerprint_id, groupOf(site, identity_group))] : [];
}

/** A session in the archive. */
interface Archived {
  prefix: string;
  id: string;
  meta: { site: string } | null;
  newest: ArchivedIdentity | undefined;
}

async function rebuildSession(
  { DB, TRACKING_R2 }: RebuildStores,
  { prefix, id, meta, newest }: Archived,
  done: Rebuilt,
): Promise<void> {
  const flushes: Flush[] = [];
  let state: SessionState | null = null;
  for await (const { lo, hi, entries } of readFlushes(TRACKING_R2, prefix)) {
    for (const entry of entries) {
      // A new life: the id was forgotten, and began anew on the same day.
      if (entry.kind === "start") state = newState(firstSeq(entry.at));
      if (state) apply(state, entry);
    }
    flushes.push({ lo, hi, body: entries.map((entry) => JSON.stringify(entry)).join(",") });
  }
  // A young session may have only a recording in R2: its log is still with its actor.
  if (!meta && flushes.length === 0) return;
  if (!meta || !state || flushes.length === 0) {
    done.incomplete += 1;
    return;
  }
  if (await isAhead(DB, state, id)) {
    done.ahead += 1;
    return;
  }
  const identity = state.consent === "granted" && newest ? identityIn(newest) : null;
  const head: Head = { ...newHead(id, meta.site, state.started_at), identity, identity_version: identity ? 1 : 0 };
  const { events, quarantined } = await replaceSession(
    DB,
    { session_id: id, site: meta.site, events_in: state.events_in ?? "database" },
    flushes,
    sessionRow(head, state, newProgress(state.seq)),
  );
  // An erasure removes the archive first, then the rows. If it ran since the log was read, undo what was written.
  if (!(await readMeta(TRACKING_R2, prefix))) {
    await deleteSessionRows(DB, id);
    return;
  }
  done.sessions += 1;
  done.events += events;
  done.quarantined += quarantined;
}

function identityIn(archived: ArchivedIdentity): Identity {
  const { visitor_id, visitor_proven, fingerprint_id, device_id, ip, asn, traits } = archived;
  const identity: Identity = { visitor_id, fingerprint_id, device_id, ip, asn, traits };
  if (visitor_proven) identity.visitor_proven = visitor_proven;
  return identity;
}
