import type { Env } from "../../src/bindings";
import { groupOf, placeOf, placeText, readPlace } from "../../src/core/identity/name";
import type { IdentityKind, Sighting } from "../../src/core/identity/record";
import type { IdentityCounts } from "../../src/core/scoring/facts";
import type { IdentityEntry } from "../../src/core/session/entry";
import type { Head } from "../../src/core/session/head";
import { OUTSIDE_TIMEOUT_MS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { errorField, type Logger } from "../../src/ops/logger";
import { SECOND_MS } from "../../src/time";
import type { Memory } from "./memory";

/**
 * Identities a session may tell of itself: its fingerprint and as many addresses as network changes are recorded, twice over.
 * A withdrawal asks each of them to forget, and an invocation has 1,000 calls.
 */
const IDENTITY_MAX_TOLD = 64;
/** Tries to ask about a session, per load of its actor. */
const IDENTITY_MAX_ASKS = 3;
/** Between two questions of one session, its flushes aside: each wakes two actors, and a script sends forms all the time. */
export const IDENTITY_ASK_GAP_MS = 10 * SECOND_MS;

type Namespace = Env["IDENTITY"];

const identitiesOf = ({ identity }: Head): [IdentityKind, string][] => [
  ...(identity?.fingerprint_id ? ([["fingerprint", identity.fingerprint_id]] as [IdentityKind, string][]) : []),
  ...(identity?.ip ? ([["address", identity.ip]] as [IdentityKind, string][]) : []),
];

const headGroup = ({ site, identity_group }: Head): string => groupOf(site, identity_group);

/**
 * Where a head may have told of itself: with a withdrawal the head forgets who it was, and these still say where to erase.
 * Nobody can be named from them. The same list when nothing is new.
 */
export function toldOf(namespace: Namespace, head: Head, told: readonly string[] = []): readonly string[] {
  const places = identitiesOf(head).map(([kind, value]) => placeText(placeOf(namespace, kind, value, headGroup(head))));
  const added = places.filter((place) => !told.includes(place)).slice(0, Math.max(0, IDENTITY_MAX_TOLD - told.length));
  return added.length > 0 ? [...told, ...added] : told;
}

type Answer = Omit<IdentityEntry, "seq">;

/** When there may be something to ask: something was taken, or the alarm rings, before what waits is written out. */
export type Occasion = "call" | "alarm";

/**
 * Asks the shards of a session's identities what the last 24 hours held: at once, so that a lead sent in its first seconds has it too,
 * and again when the identity has changed or a form was sent, but then at most every ten seconds or with a flush. An open
 * session that its alarm has woken waits for its next call: after a restart a thousand wake at once. Best effort: it delays
 * nothing, and a failure is tried again later, a few times.
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
  start(memory: Memory, occasion: Occasion, now: number, take: (answer: Answer) => void): void {
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

  #isTime({ state }: Memory, occasion: Occasion, now: number): boolean {
    if (occasion === "alarm") return this.#isCalled || state.ended_at !== null;
    return now - this.#askedAt >= IDENTITY_ASK_GAP_MS;
  }

  /** Waits for the answer that is on its way, if one is, at most `ms`. False: it has not come. */
  settled(ms: number): Promise<boolean> {
    if (!this.#asking) return Promise.resolve(true);
    return inTime(this.#asking, ms).then(
      () => true,
      () => false,
    );
  }

  /** Has everything of a session erased. Throws when one does not answer; true: once more in a while. */
  async forget(session_id: string, told: readonly string[]): Promise<boolean> {
    const again = await Promise.all(told.map((one) => inTime(this.#forgetIn(one, session_id), OUTSIDE_TIMEOUT_MS)));
    return again.some(Boolean);
  }

  #forgetIn(told: string, session_id: string): Promise<boolean> {
    const { shard, key } = readPlace(told);
    return this.#namespace.getByName(shard).forget(session_id, key);
  }

  async #ask({ head, state, progress }: Memory): Promise<Answer> {
    const { identity, identity_version: version, session_id } = head;
    const forms = state.behaviour.submits;
    const counts = state.identity === null;
    const ask = ([kind, value]: [IdentityKind, string]): Promise<[IdentityKind, IdentityCounts]> => {
      const { shard, key } = placeOf(this.#namespace, kind, value, headGroup(head));
      const sighting: Sighting = {
        ...{ v: 1, kind, value, key, session_id, forms, counts },
        ...{ fingerprint_id: identity?.fingerprint_id ?? null, ip: identity?.ip ?? null, asn: identity?.asn ?? null },
        country: state.network?.country ?? null,
      };
      return inTime(this.#namespace.getByName(shard).seen(sighting), OUTSIDE_TIMEOUT_MS).then((seen) => [kind, seen]);
    };
    // Nobody else: a withdrawal could not find them again.
    const known = identitiesOf(head).filter(([kind, value]) =>
      progress.told?.includes(placeText(placeOf(this.#namespace, kind, value, headGroup(head)))),
    );
    const answers = Object.fromEntries(await Promise.all(known.map(ask)));
    const answer = { fingerprint: answers["fingerprint"] ?? null, address: answers["address"] ?? null };
    return { kind: "identity", at: Date.now(), answer, version, forms };
  }
}

/** Nothing is asked before the first event, without consent, or twice. */
function isOpen({ head, state }: Memory): boolean {
  if (state.events === 0 || state.consent !== "granted" || identitiesOf(head).length === 0) return false;
  const { identity } = state;
  return identity === null || identity.version !== head.identity_version || identity.forms !== state.behaviour.submits;
}
