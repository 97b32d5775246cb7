import { DurableObject } from "cloudflare:workers";
import type { Env, ErasedSession, EraserRpc, NewOrder } from "../../src/bindings";
import type { Erasure } from "../../src/core/api/erasure";
import { shardName, shardOf } from "../../src/core/roster/shards";
import { whoIs } from "../../src/core/roster/who";
import { type Life, type LifeIdentity, sortLives } from "../../src/core/session/life";
import { isProvable } from "../../src/core/session/visitor-id";
import { dayOf } from "../../src/data/store/archive-days";
import {
  claimedKeys,
  leadsByKeys,
  leadsOf,
  leadsOfSubmits,
  type SessionPlace,
  saveErasure,
  sessionsOfVisitor,
} from "../../src/data/store/erasures";
import {
  type ErasureOrder,
  type NamedIdentity,
  noteUnlinked,
  type OrderedSession,
  readOrder,
  readReceipt,
  writeOrder,
  writeReceipt,
} from "../../src/data/store/order";
import { forgetDays } from "../../src/data/store/retention";
import { ERASE_AGAIN_MS, ERASURE_STEP_LEADS, ERASURE_STEP_SESSIONS } from "../../src/limits";
import { eraseLead } from "../../src/ops/erase-lead";
import { foundFromGuests } from "../../src/ops/found-lead";
import { liveSessionsOf } from "../../src/ops/live-sessions";
import { createLogger, errorField, type Logger } from "../../src/ops/logger";
import { WorkBudget } from "../../src/ops/work-budget";
import { SECOND_MS } from "../../src/time";
import { unlinkSession } from "../session/unlinking";
import { eraseIdentity, forgetSession } from "./outside";

/** What one call of an erasure works before it answers that it goes on by itself. */
const ERASURE_CALL_MS = 20 * SECOND_MS;
/** Lead actors that one alarm of an erasure erases: half of an invocation's 1,000 calls, the look-ups left room for. */
const ERASURE_STEP_ACTORS = 500;
/** After a failed step, or a death. */
const ERASURE_RETRY_MS = 30 * SECOND_MS;

/**
 * One erasure, of a visitor, a person or a lead, named by its receipt. Every actor that has written of the person erases what
 * it has written. This one finds them, remembers how far it has got, and goes on by alarm when a call's time is up or a store
 * has failed. When it is done its own storage goes too: the receipt in D1 says what was erased, not whom.
 */
export class EraserActor extends DurableObject<Env> implements EraserRpc {
  readonly #log: Logger;
  #working: Promise<Erasure> | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#log = createLogger(env.LOG_LEVEL, { actor: "eraser" });
  }

  /** Begins, and works for a call's time. The receipt says whether it is complete. */
  async erase(erasure_id: string, order: NewOrder): Promise<Erasure> {
    const now = Date.now();
    const receipt: Erasure = {
      ...{ erasure_id, status: "working", requested_at: now, completed_at: null, keep_leads: order.keep_leads },
      counts: {
        d1: { sessions: 0, events: 0, leads: 0, deliveries: 0 },
        r2: { objects: 0, bytes: 0 },
        actors: { sessions: 0, identities: 0, leads: 0 },
        unlinked: { sessions: 0, leads: 0 },
        unproven: 0,
      },
    };
    const { subject } = order;
    const lead_ids = subject.kind === "lead" ? [subject.lead_id] : [];
    writeOrder(this.ctx.storage, { ...order, identities: [], sessions: [], lead_ids, claims: [], again_at: null });
    writeReceipt(this.ctx.storage, receipt);
    // Should this process die, the alarm goes on.
    await this.ctx.storage.setAlarm(now + ERASURE_RETRY_MS);
    await saveErasure(this.env.DB, receipt);
    return this.#work();
  }

  override async alarm(): Promise<void> {
    if (readOrder(this.ctx.storage)) await this.#work();
  }

  /** One at a time: the call and the alarm may overlap. Never throws: what fails is tried again. */
  #work(): Promise<Erasure> {
    this.#working ??= this.#workOnce().finally(() => {
      this.#working = null;
    });
    return this.#working;
  }

  async #workOnce(): Promise<Erasure> {
    const { storage } = this.ctx;
    const order = readOrder(storage);
    const receipt = readReceipt<Erasure>(storage);
    if (!order || !receipt) throw new Error("this erasure has never begun, or is over");
    const until = Date.now() + ERASURE_CALL_MS;
    try {
      const isDone =
        (await this.#eraseSessions(order, receipt, until)) && (await this.#eraseRest(order, receipt, until));
      if (isDone && order.again_at === null) {
        const complete: Erasure = { ...receipt, status: "complete", completed_at: Date.now() };
        await saveErasure(this.env.DB, complete);
        await storage.deleteAll();
        return complete;
      }
      await storage.setAlarm(isDone ? (order.again_at ?? Date.now()) : Date.now());
    } catch (error) {
      this.#log.warn("erasure_failed", { erasure_id: receipt.erasure_id, error: errorField(error) });
      await storage.setAlarm(Date.now() + ERASURE_RETRY_MS);
    }
    return receipt;
  }

  /** Sessions D1 knows of, and those only the roster does yet, until there are none. False when the time is up. */
  async #eraseSessions(order: ErasureOrder, receipt: Erasure, until: number): Promise<boolean> {
    const { DB } = this.env;
    if (order.subject.kind !== "visitor") return true;
    const { visitor_id } = order.subject;
    for (;;) {
      for (const session of order.sessions.filter(({ done }) => !done)) {
        if (Date.now() > until) return false;
        if (session.claim) await this.#unlinkSession(order, receipt, session, visitor_id);
        else await this.#eraseSession(order, receipt, session);
      }
      const known = await sessionsOfVisitor(DB, visitor_id, order.sites, ERASURE_STEP_SESSIONS);
      const live = (await this.#liveSessions(visitor_id, order)).slice(0, ERASURE_STEP_SESSIONS);
      if (known.length + live.length === 0) return true;
      for (const session of known) await this.#find(order, visitor_id, session.session_id, session);
      for (const session_id of live) await this.#find(order, visitor_id, session_id, null);
      // An id that others have had too leads to their leads as well: of those only what claims the visitor is found.
      const own = order.sessions.filter(({ claim, others = [] }) => !claim && others.length === 0);
      const met = own.map(({ session_id }) => session_id);
      addTo(order.lead_ids, await leadsOf(DB, visitor_id, order.sites, met));
      // Before any of it is erased: afterwards nobody could say who it was.
      this.#save(order, receipt);
    }
  }

  async #find(order: ErasureOrder, visitor_id: string, session_id: string, row: SessionPlace | null): Promise<void> {
    const lives = await this.env.SESSION.getByName(session_id).subject(visitor_id, row);
    const { theirs, claimed, others } = sortLives(lives, visitor_id);
    const add = (which: readonly Life[], beside: readonly Life[], claim: OrderedSession["claim"]): void => {
      const identities = distinct(which.flatMap(({ identities: some }) => some.map(nameOf)));
      // One that has been erased and is here again was written by something that was on its way.
      const before = order.sessions.find((one) => one.session_id === session_id && !one.claim === !claim);
      const starts = [...new Set([...(before?.starts ?? []), ...which.map(({ start }) => start)])];
      const rest = order.sessions.filter((one) => one !== before);
      const kept = before?.claim ?? claim;
      const named = { session_id, starts, others: beside.map(({ start }) => start), identities };
      order.sessions = [...rest, { ...named, done: false, ...(kept && { claim: kept }) }];
    };
    if (theirs.length > 0) add(theirs, [...claimed, ...others], undefined);
    // One that the roster alone still takes for theirs names nobody, and counts for nothing.
    if (claimed.length > 0) add(claimed, [...theirs, ...others], { counted: false });
    else if (theirs.length === 0) add([], others, { counted: true });
    // What only claims to be theirs tells nothing of whom else to erase.
    order.identities = distinct([...order.identities, ...theirs.flatMap(({ identities }) => identities.map(nameOf))]);
    addTo(order.lead_ids, leadsOfLives(theirs));
    addTo(claimsOf(order), leadsOfLives(claimed));
  }

  async #liveSessions(visitor_id: string, { sites, sessions }: ErasureOrder): Promise<string[]> {
    const found = await liveSessionsOf(this.env.ROSTER, visitor_id, sites);
    return found.filter((id) => !sessions.some(({ session_id }) => session_id === id));
  }

  async #eraseSession(order: ErasureOrder, receipt: Erasure, session: OrderedSession): Promise<void> {
    const { session_id: id, starts, others, identities } = session;
    const erased = await this.env.SESSION.getByName(id).erase(starts, others);
    // Before it had a visitor, or after its withdrawal, it was told of in the shard of its own id.
    const { subject } = order;
    const visitor = subject.kind === "visitor" ? await whoIs(subject.visitor_id) : null;
    for (const who of new Set([visitor, null])) {
      const shard = this.env.ROSTER.getByName(shardName(shardOf(id, who)));
      if (!erased.goes_on) await shard.remove(id);
      else if (who !== null) await shard.part(id, who);
    }
    await forgetDays(this.env.DB, [...new Set(starts.map(dayOf))]);
    // What rests on other sessions stays: an identity itself goes at the end, if nobody shares it.
    for (const identity of identities) await forgetSession(this.env, identity, id);
    this.#count(receipt, erased);
    receipt.counts.actors.sessions += 1;
    if (subject.kind === "visitor" && !isProvable(subject.visitor_id)) {
      receipt.counts.unproven = (receipt.counts.unproven ?? 0) + 1;
    }
    session.done = true;
    if (erased.again) order.again_at = Date.now() + ERASE_AGAIN_MS;
    else order.sessions = order.sessions.filter((one) => one !== session);
    this.#save(order, receipt);
  }

  /** Names nobody any more, and stays: what of it the visitor's own sessions have too stays theirs. */
  async #unlinkSession(
    order: ErasureOrder,
    receipt: Erasure,
    session: OrderedSession,
    visitor_id: string,
  ): Promise<void> {
    const { is_proven, again } = await unlinkSession(this.env, session, visitor_id);
    if (!is_proven) {
      if (!session.claim?.counted) this.#countUnlinked(receipt, "session", session.session_id);
      session.claim = { counted: true };
      session.done = true;
    }
    if (again) order.again_at = Date.now() + ERASE_AGAIN_MS;
    // One that has shown meanwhile that it is theirs is found again.
    else order.sessions = order.sessions.filter((one) => one !== session);
    this.#save(order, receipt);
  }

  /** Once, however often it is met. */
  #countUnlinked(receipt: Erasure, kind: "session" | "lead", id: string): void {
    if (noteUnlinked(this.ctx.storage, kind, id)) unlinkedOf(receipt)[`${kind}s`] += 1;
  }

  #count({ counts: { d1, r2 } }: Erasure, erased: ErasedSession): void {
    d1.sessions += erased.sessions;
    d1.events += erased.events;
    r2.objects += erased.objects;
    r2.bytes += erased.bytes;
  }

  /** Leads, then what is left of whom the sessions were of. False when the time is up. */
  async #eraseRest(order: ErasureOrder, receipt: Erasure, until: number): Promise<boolean> {
    // Once more over what may have been on its way, after it has landed.
    const isDue = order.again_at !== null && order.again_at <= Date.now();
    if (isDue && !(await this.#eraseAgain(order, receipt))) return false;
    if (order.keep_leads) Object.assign(order, { lead_ids: [], claims: [] });
    else if (!(await this.#eraseLeads(order, receipt, until))) return false;
    else if (!(await this.#unlinkLeads(order, receipt, until))) return false;
    // A row that is still on its way would make them look shared.
    if (order.again_at !== null) return true;
    for (const identity of [...order.identities]) {
      if (Date.now() > until) return false;
      await this.#eraseIdentity(order, receipt, identity);
    }
    return true;
  }

  async #eraseIdentity(order: ErasureOrder, receipt: Erasure, identity: NamedIdentity): Promise<void> {
    const { isErased, again } = await eraseIdentity(this.env, identity);
    if (again) order.again_at = Date.now() + ERASE_AGAIN_MS;
    if (again) return this.#save(order, receipt);
    if (isErased) receipt.counts.actors.identities += 1;
    order.identities = order.identities.filter((one) => one !== identity);
    this.#save(order, receipt);
  }

  /** All that can be found, until there are none. False when the time is up, or what one alarm may do. */
  async #eraseLeads(order: ErasureOrder, receipt: Erasure, until: number): Promise<boolean> {
    const now = Date.now();
    const budget = new WorkBudget({ calls: ERASURE_STEP_ACTORS, ms: until - now }, now);
    const tried = new Set<string>();
    for (;;) {
      addTo(order.lead_ids, await this.#findLeads(order));
      // Before any of it is erased: afterwards nothing leads to them.
      this.#save(order, receipt);
      const next = order.lead_ids.filter((id) => !tried.has(id));
      for (const lead_id of next) {
        tried.add(lead_id);
        if (!(await this.#eraseLead(order, receipt, lead_id, budget))) return false;
      }
      if (next.length > 0) continue;
      // What is there again has been written by something that was on its way.
      if (order.lead_ids.length > 0) order.again_at ??= Date.now() + ERASE_AGAIN_MS;
      return true;
    }
  }

  #findLeads({ subject, sites, lead_ids }: ErasureOrder): Promise<string[]> {
    const { DB } = this.env;
    switch (subject.kind) {
      case "visitor":
        return leadsOf(DB, subject.visitor_id, sites, []);
      case "person":
        return leadsByKeys(DB, subject.keys, sites, ERASURE_STEP_LEADS);
      case "lead":
        // A submit whose claim was under way may have become part of another lead.
        return leadsOfSubmits(DB, [subject.lead_id, ...lead_ids]);
    }
  }

  async #eraseLead(order: ErasureOrder, receipt: Erasure, lead_id: string, budget: WorkBudget): Promise<boolean> {
    if (order.subject.kind === "visitor") await foundFromGuests(this.env, lead_id);
    const erased = await eraseLead(this.env, lead_id, { keepConversion: false, take: () => budget.take(1) });
    receipt.counts.d1.leads += erased.leads;
    receipt.counts.d1.deliveries += erased.deliveries;
    receipt.counts.actors.leads += erased.actors;
    if (erased.isDone) order.lead_ids = order.lead_ids.filter((id) => id !== lead_id);
    addTo(order.lead_ids, erased.again);
    if (erased.again.length > 0) order.again_at ??= Date.now() + ERASE_AGAIN_MS;
    this.#save(order, receipt);
    return erased.isDone;
  }

  /** Leads that only claim to be the visitor's, until there are none. False when the time is up, or what one alarm may do. */
  async #unlinkLeads(order: ErasureOrder, receipt: Erasure, until: number): Promise<boolean> {
    const { subject, sites } = order;
    if (subject.kind !== "visitor" || !isProvable(subject.visitor_id)) return true;
    const keys = await claimedKeys(subject.visitor_id);
    const now = Date.now();
    const budget = new WorkBudget({ calls: ERASURE_STEP_ACTORS, ms: until - now }, now);
    const claims = claimsOf(order);
    for (;;) {
      addTo(claims, await leadsByKeys(this.env.DB, keys, sites, ERASURE_STEP_LEADS));
      const [lead_id] = claims;
      if (lead_id === undefined) return true;
      if (!budget.take(2)) return false;
      const actor = this.env.LEAD.getByName(lead_id);
      // Before it is unlinked: should this process die, nobody could say afterwards that it has claimed anybody.
      if (await actor.isClaiming(lead_id, keys)) this.#countUnlinked(receipt, "lead", lead_id);
      this.#save(order, receipt);
      const { is_unlinked, again } = await actor.unclaim(lead_id, keys);
      // One whose claim landed between the two.
      if (is_unlinked) this.#countUnlinked(receipt, "lead", lead_id);
      claims.shift();
      // A claim that lands late leads to its submit.
      if (again) order.again_at ??= Date.now() + ERASE_AGAIN_MS;
      this.#save(order, receipt);
    }
  }

  /** False when sessions have shown meanwhile that they are the visitor's: these have to be erased. */
  async #eraseAgain(order: ErasureOrder, receipt: Erasure): Promise<boolean> {
    const { subject, sessions } = order;
    const theirs: OrderedSession[] = [];
    for (const session of sessions) {
      const actor = this.env.SESSION.getByName(session.session_id);
      if (!session.claim) this.#count(receipt, await actor.erase(session.starts, session.others));
      else if (subject.kind === "visitor") {
        const { is_proven } = await actor.unlink(subject.visitor_id, session.starts, session.others);
        if (is_proven) theirs.push(session);
      }
    }
    // These are found anew.
    order.sessions = [];
    order.again_at = null;
    if (subject.kind === "visitor") {
      for (const { session_id } of theirs) await this.#find(order, subject.visitor_id, session_id, null);
    }
    this.#save(order, receipt);
    return theirs.length === 0;
  }

  #save(order: ErasureOrder, receipt: Erasure): void {
    writeOrder(this.ctx.storage, order);
    writeReceipt(this.ctx.storage, receipt);
  }
}

const nameOf = ({ kind, value, group }: LifeIdentity): NamedIdentity => [kind, value, group];

const leadsOfLives = (lives: readonly Life[]): string[] => lives.flatMap(({ leads }) => leads);

const distinct = (identities: NamedIdentity[]): NamedIdentity[] => [
  ...new Map(identities.map((one) => [one.join(" "), one])).values(),
];

/** Orders and receipts of before there were claims have no place for them. */
const claimsOf = (order: ErasureOrder): string[] => {
  order.claims ??= [];
  return order.claims;
};
const unlinkedOf = ({ counts }: Erasure): { sessions: number; leads: number } => {
  counts.unlinked ??= { sessions: 0, leads: 0 };
  return counts.unlinked;
};

/** Adds what is not there yet. */
function addTo(list: string[], more: readonly string[]): void {
  const known = new Set(list);
  for (const one of more) if (!known.has(one)) list.push(one);
}
