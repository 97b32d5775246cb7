import type { Env } from "../../src/bindings";
import { groupOf, placeOf, placeText, readPlace } from "../../src/core/identity/name";
import type { IdentityKind, Sighting } from "../../src/core/identity/record";
import type { IdentityCounts } from "../../src/core/scoring/context";
import type { IdentityEntry } from "../../src/core/session/entry";
import { type Head, MAX_NETWORK_CHANGES } from "../../src/core/session/head";
import { OUTSIDE_TIMEOUT_MS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { errorField, type Logger } from "../../src/ops/logger";
import { SECOND_MS } from "../../src/time";
import type { SessionMemory } from "./memory";

/**
 * Identities that a session may tell shards of: its fingerprint and as many addresses as network changes are recorded, twice over.
 * A withdrawal asks each shard to forget, and an invocation has 1,000 calls.
 */
const IDENTITY_MAX_TOLD = 2 * (1 + MAX_NETWORK_CHANGES);
/** Failed questions about a session, per load of its actor, after which it asks no more. */
const IDENTITY_MAX_ASKS = 3;
/**
 * Time between two questions of one session, except at a flush. A question wakes two actors, and a script sends forms all the time.
 */
export const IDENTITY_ASK_GAP_MS = 10 * SECOND_MS;

type Namespace = Env["IDENTITY"];

interface OwnIdentity {
  kind: IdentityKind;
  value: string;
}

function identitiesOf({ identity }: Head): OwnIdentity[] {
  const found: OwnIdentity[] = [];
  if (identity?.fingerprint_id) found.push({ kind: "fingerprint", value: identity.fingerprint_id });
  if (identity?.ip) found.push({ kind: "address", value: identity.ip });
  return found;
}

/** The shard and row of an identity, in the group of the session's site. */
const placeFor = (namespace: Namespace, { site, identity_group }: Head, { kind, value }: OwnIdentity) =>
  placeOf(namespace, kind, value, groupOf(site, identity_group));

/**
 * The places that know of a head, as text that names nobody. A withdrawal empties the head, and this list still says where to
 * erase. Returns the same list when nothing is new.
 */
export function toldOf(namespace: Namespace, head: Head, told: readonly string[] = []): readonly string[] {
  const places = identitiesOf(head).map((one) => placeText(placeFor(namespace, head, one)));
  const added = places.filter((place) => !told.includes(place)).slice(0, Math.max(0, IDENTITY_MAX_TOLD - told.length));
  return added.length > 0 ? [...told, ...added] : told;
}

type Answer = Omit<IdentityEntry, "seq">;

/** When to look whether there is something to ask: after a call, or as the alarm rings, before it writes. */
export type Occasion = "call" | "alarm";

/**
 * Asks the shards of a session's identities what they saw in the last 24 hours. It asks at once, so that a lead in the first
 * seconds has the answer too. It asks again when the identity has changed or a form was sent, at most every ten seconds or with
 * a flush. An open session that its alarm has woken waits for a call: after a restart a thousand wake at once. Best effort:
 * nothing waits for it, and a failure is tried again a few times.
 */
export class Inquiry {
  readonly #namespace: Namespace;
  readonly #log: Logger;
  #asking: Promise<void> | null = null;
  #failures = 0;
  #askedAt = 0;
  /** Something was taken since this instance of the actor woke. */
  #isCalled = false;

  constructor(namespace: Namespace, log: Logger) {
    this.#namespace = namespace;
    this.#log = log;
  }

  /** Starts asking if there is something to ask. `take` gets the answer for the journal. */
  start(memory: SessionMemory, occasion: Occasion, now: number, take: (answer: Answer) => void): void {
    this.#isCalled ||= occasion === "call";
    if (this.#asking || this.#failures >= IDENTITY_MAX_ASKS || !isOpen(memory)) return;
    if (!this.#isTime(memory, occasion, now)) return;
    this.#askedAt = now;
    const asking = this.#ask(memory).then(take, (error: unknown) => {
      this.#failures += 1;
      this.#log.warn("identity_failed", { error: errorField(error) });
    });
    this.#asking = asking.finally(() => {
      this.#asking = null;
    });
  }

  #isTime({ state }: SessionMemory, occasion: Occasion, now: number): boolean {
    if (occasion === "alarm") return this.#isCalled || state.ended_at !== null;
    return now - this.#askedAt >= IDENTITY_ASK_GAP_MS;
  }

  /** Waits at most `ms` for the answer that is on its way, if one is. False if it has not come. */
  settled(ms: number): Promise<boolean> {
    if (!this.#asking) return Promise.resolve(true);
    return inTime(this.#asking, ms).then(
      () => true,
      () => false,
    );
  }

  /** Asks every shard to forget the session. Throws if one does not answer. True if they want to be asked once more in a while. */
  async forget(session_id: string, told: readonly string[]): Promise<boolean> {
    const again = await Promise.all(told.map((one) => inTime(this.#forgetIn(one, session_id), OUTSIDE_TIMEOUT_MS)));
    return again.some(Boolean);
  }

  #forgetIn(told: string, session_id: string): Promise<boolean> {
    const { shard, key } = readPlace(told);
    return this.#namespace.getByName(shard).forget(session_id, key);
  }

  async #ask({ head, state, progress }: SessionMemory): Promise<Answer> {
    const { identity, identity_version: version, session_id } = head;
    const forms = state.behaviour.submits;
    const counts = state.identity === null;
    const ask = (one: OwnIdentity): Promise<[IdentityKind, IdentityCounts]> => {
      const { shard, key } = placeFor(this.#namespace, head, one);
      const sighting: Sighting = {
        v: 1,
        kind: one.kind,
        value: one.value,
        key,
        session_id,
        fingerprint_id: identity?.fingerprint_id ?? null,
        ip: identity?.ip ?? null,
        asn: identity?.asn ?? null,
        country: state.network?.country ?? null,
        forms,
        counts,
      };
      if (head.kv) sighting.kv = head.kv;
      const seen = inTime(this.#namespace.getByName(shard).seen(sighting), OUTSIDE_TIMEOUT_MS);
      return seen.then((known) => [one.kind, known]);
    };
    // Ask only places that are written down, because a withdrawal could not find any other.
    const known = identitiesOf(head).filter((one) =>
      progress.told?.includes(placeText(placeFor(this.#namespace, head, one))),
    );
    const answers = Object.fromEntries(await Promise.all(known.map(ask)));
    const answer = { fingerprint: answers["fingerprint"] ?? null, address: answers["address"] ?? null };
    return { kind: "identity", at: Date.now(), answer, version, forms };
  }
}

/** Whether there is a question: none before the first event, none without consent, and none twice. */
function isOpen({ head, state }: SessionMemory): boolean {
  if (state.events === 0 || state.consent !== "granted" || identitiesOf(head).length === 0) return false;
  const { identity } = state;
  return identity === null || identity.version !== head.identity_version || identity.forms !== state.behaviour.submits;
}
