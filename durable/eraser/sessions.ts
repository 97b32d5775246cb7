import { shardName, shardOf } from "../../src/core/roster/shards";
import { whoIs } from "../../src/core/roster/who";
import { type Life, sortLives } from "../../src/core/session/calls/life";
import { isProvable } from "../../src/core/session/calls/visitor-id";
import { dayOf } from "../../src/data/store/archive-days";
import { leadsOf, type SessionPlace, sessionsOfVisitor } from "../../src/data/store/erasures";
import type { NamedIdentity, OrderedSession } from "../../src/data/store/order";
import { forgetDays } from "../../src/data/store/retention";
import { ERASURE_STEP_SESSIONS } from "../../src/limits";
import { liveSessionsOf } from "../../src/ops/live-sessions";
import { unlinkSession } from "../session/unlinking";
import { addTo, type ErasureJob } from "./job";
import { forgetSession } from "./outside";

/** Erases the visitor's sessions that D1 or the roster knows, until there are none. False if the time is up. */
export async function eraseSessions(job: ErasureJob): Promise<boolean> {
  const { order, env } = job;
  if (order.subject.kind !== "visitor") return true;
  const { visitor_id } = order.subject;
  for (;;) {
    for (const session of order.sessions.filter(({ done }) => !done)) {
      if (job.isTimeUp) return false;
      if (session.claim) await unlinkClaiming(job, session, visitor_id);
      else await eraseOwn(job, session);
    }
    const known = await sessionsOfVisitor(env.DB, visitor_id, order.sites, ERASURE_STEP_SESSIONS);
    const live = (await liveSessions(job, visitor_id)).slice(0, ERASURE_STEP_SESSIONS);
    if (known.length + live.length === 0) return true;
    for (const session of known) await findSession(job, visitor_id, session.session_id, session);
    for (const session_id of live) await findSession(job, visitor_id, session_id, null);
    // If somebody else has used a session's id too, the id would lead to their leads as well. So such an id is not searched by, and
    // only leads that name the visitor are found.
    const own = order.sessions.filter(({ claim, others }) => !claim && others.length === 0);
    const met = own.map(({ session_id }) => session_id);
    addTo(order.lead_ids, await leadsOf(env.DB, visitor_id, order.sites, met));
    // Save the list before anything is erased, because afterwards nothing says whose it was.
    job.save();
  }
}

/**
 * Goes once more over the sessions that may have had a write on its way. False if some of them have meanwhile shown that they are
 * the visitor's: these still have to be erased.
 */
export async function eraseSessionsAgain(job: ErasureJob): Promise<boolean> {
  const { order, env } = job;
  const { subject, sessions } = order;
  const theirs: OrderedSession[] = [];
  for (const session of sessions) {
    const actor = env.SESSION.getByName(session.session_id);
    if (!session.claim) job.countErased(await actor.erase(session.starts, session.others));
    else if (subject.kind === "visitor") {
      const { is_proven } = await actor.unlink(subject.visitor_id, session.starts, session.others);
      if (is_proven) theirs.push(session);
    }
  }
  order.sessions = [];
  order.again_at = null;
  if (subject.kind === "visitor") {
    for (const { session_id } of theirs) await findSession(job, subject.visitor_id, session_id, null);
  }
  job.save();
  return theirs.length === 0;
}

/** Asks a session's actor whose its lives are, and notes what has to be erased or unlinked. */
async function findSession(
  { env, order }: ErasureJob,
  visitor_id: string,
  session_id: string,
  row: SessionPlace | null,
): Promise<void> {
  const lives = await env.SESSION.getByName(session_id).subject(visitor_id, row);
  const { theirs, claimed, others } = sortLives(lives, visitor_id);
  const add = (which: readonly Life[], beside: readonly Life[], claim: OrderedSession["claim"]): void => {
    // A session that was erased and is here again was written by something that was on its way.
    const before = order.sessions.find((one) => one.session_id === session_id && !one.claim === !claim);
    const kept = before?.claim ?? claim;
    const session: OrderedSession = {
      session_id,
      starts: [...new Set([...(before?.starts ?? []), ...which.map(({ start }) => start)])],
      others: beside.map(({ start }) => start),
      identities: distinct(which.flatMap(({ identities }) => identities)),
      done: false,
      ...(kept && { claim: kept }),
    };
    order.sessions = [...order.sessions.filter((one) => one !== before), session];
  };
  if (theirs.length > 0) add(theirs, [...claimed, ...others], undefined);
  // If no life names the visitor, only the roster still takes the session for theirs. The receipt does not count it.
  if (claimed.length > 0) add(claimed, [...theirs, ...others], { counted: false });
  else if (theirs.length === 0) add([], others, { counted: true });
  // A session that only claims to be the visitor's does not say what else to erase.
  order.identities = distinct([...order.identities, ...theirs.flatMap(({ identities }) => identities)]);
  addTo(order.lead_ids, leadsOfLives(theirs));
  addTo(order.claims, leadsOfLives(claimed));
}

async function liveSessions({ env, order }: ErasureJob, visitor_id: string): Promise<string[]> {
  const found = await liveSessionsOf(env.ROSTER, visitor_id, order.sites);
  return found.filter((id) => !order.sessions.some(({ session_id }) => session_id === id));
}

async function eraseOwn(job: ErasureJob, session: OrderedSession): Promise<void> {
  const { env, order } = job;
  const { session_id, starts, others, identities } = session;
  const { subject } = order;
  const erased = await env.SESSION.getByName(session_id).erase(starts, others);
  await leaveRoster(job, session_id, erased.goes_on);
  await forgetDays(env.DB, [...new Set(starts.map(dayOf))]);
  // What rests on other sessions stays. The identity itself is erased at the end, if no session shares it.
  for (const identity of identities) await forgetSession(env, identity, session_id);
  job.countErased(erased);
  job.receipt.counts.actors.sessions += 1;
  if (subject.kind === "visitor" && !isProvable(subject.visitor_id)) job.countUnproven();
  session.done = true;
  if (erased.again) job.lookAgain();
  else order.sessions = order.sessions.filter((one) => one !== session);
  job.save();
}

/**
 * Takes the session out of the roster: out of its visitor's shard, and out of the shard of its own id, where it was before it had a
 * visitor or after its withdrawal.
 */
async function leaveRoster({ env, order }: ErasureJob, session_id: string, goesOn: boolean): Promise<void> {
  const { subject } = order;
  const visitor = subject.kind === "visitor" ? await whoIs(subject.visitor_id) : null;
  for (const who of new Set([visitor, null])) {
    const shard = env.ROSTER.getByName(shardName(shardOf(session_id, who)));
    if (!goesOn) await shard.remove(session_id);
    else if (who !== null) await shard.part(session_id, who);
  }
}

/** From now on the session names nobody, and stays. An identity that it shares with the visitor's own sessions stays theirs. */
async function unlinkClaiming(job: ErasureJob, session: OrderedSession, visitor_id: string): Promise<void> {
  const { env, order } = job;
  const { is_proven, again } = await unlinkSession(env, session, visitor_id);
  if (!is_proven) {
    if (!session.claim?.counted) job.countUnlinked("session", session.session_id);
    session.claim = { counted: true };
    session.done = true;
  }
  if (again) job.lookAgain();
  // If the session has meanwhile shown that it is the visitor's, it is found again.
  else order.sessions = order.sessions.filter((one) => one !== session);
  job.save();
}

const leadsOfLives = (lives: readonly Life[]): string[] => lives.flatMap(({ leads }) => leads);

const distinct = (identities: readonly NamedIdentity[]): NamedIdentity[] => [
  ...new Map(identities.map((one) => [`${one.kind} ${one.value} ${one.group}`, one])).values(),
];
