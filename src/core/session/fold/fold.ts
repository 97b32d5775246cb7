import { BUILT_IN_TYPES, VITALS_TYPE } from "../../../protocol/types";
import { newStream, SERVER_STREAM, type StreamState, settleEvents, streamOf } from "../../delivery/streams";
import { mergeLeads } from "../../scoring/context";
import { type RuleSet, ruleSet } from "../../scoring/ruleset";
import { beat } from "../../signals/cadence";
import { newVelocity, record } from "../../signals/velocity";
import { pageUrl } from "../../sources/page";
import { FormError } from "../../stored";
import {
  type EndEntry,
  type Entry,
  type EventEntry,
  type NetworkEntry,
  readEntries,
  type SettledEntry,
  type StartEntry,
} from "../entry";
import { attend, attendedMs, type Sight } from "./attention";
import { closeForm, noteForm } from "./forms";
import { follow } from "./journey";
import { MAX_PAGES, MAX_PAGES_UNITS } from "./limits";
import { score } from "./score";
import type { SessionState } from "./state";
import { countView } from "./views";

/** How many custom event types are counted by name. Later ones are counted together as `other`. */
export const MAX_COUNTED_TYPES = 64;

/**
 * Folds one entry into the state. Deterministic: it reads its arguments, no clock and no store. It changes `state` in place,
 * because a copy per event would be most of an actor's CPU: the caller must own it. `rules`: the session's own unless given.
 */
export function apply(state: SessionState, entry: Entry, rules?: RuleSet): void {
  change(state, entry);
  score(state, entry, rules ?? ruleSet(state.rules_version));
}

function change(state: SessionState, entry: Entry): void {
  state.seq = entry.seq;
  switch (entry.kind) {
    case "start":
      applyStart(state, entry);
      return;
    case "event":
      applyEvent(state, entry);
      return;
    case "settled":
      applySettled(state, entry);
      return;
    case "consent":
      // What has to be forgotten of the network follows in an entry of its own.
      state.consent = entry.consent;
      return;
    case "network":
      applyNetwork(state, entry);
      return;
    case "detail":
      state.device = { ...entry.device, ...state.device };
      state.screen ??= entry.screen;
      state.signals = { ...state.signals, ...entry.signals };
      state.agent ??= entry.agent ?? null;
      return;
    case "identify":
      return;
    case "identity":
      state.identity = { ...entry.answer, version: entry.version, forms: entry.forms };
      return;
    case "lead":
      state.lead = mergeLeads(state.lead, entry.lead);
      state.last_received_at = Math.max(state.last_received_at, entry.received_at);
      state.journey.leads += 1;
      return;
    case "end":
      applyEnd(state, entry);
      return;
    default:
      throw unknownKind(entry);
  }
}

/** Typed `never`: a kind that `change` forgets does not compile. An archive of a newer version can still bring one. */
const unknownKind = (entry: never): Error =>
  new FormError(`journal entry: unknown kind ${String((entry as { kind?: unknown }).kind)}`);

function applyStart(state: SessionState, entry: StartEntry): void {
  state.started_at = entry.at;
  state.last_received_at = entry.at;
  state.consent = entry.consent;
  state.rules_version = entry.rules_version;
  state.trailing_slash = entry.trailing_slash ?? "keep";
  if (entry.events_in) state.events_in = entry.events_in;
  state.entry_page = pageUrl(entry.page);
  countView(state.views, state.entry_page, 0, state.trailing_slash);
  state.referrer = entry.referrer;
  state.device = entry.device;
  state.screen = entry.screen;
  state.signals = entry.signals;
  state.agent = entry.agent ?? null;
  state.network = { ...entry.network };
}

function applyNetwork(state: SessionState, { network }: NetworkEntry): void {
  const { network: before, travel } = state;
  const differs = (a: string | null | undefined, b: string | null | undefined) => a != null && b != null && a !== b;
  if (differs(network.address, before?.address)) travel.addresses += 1;
  if (differs(network.network, before?.network)) travel.networks += 1;
  if (differs(network.country, before?.country)) travel.countries += 1;
  state.network = { ...network };
  state.network_changes += 1;
}

function streamFor(state: SessionState, name: string): StreamState {
  let stream = streamOf(state.streams, name);
  if (!stream) {
    stream = newStream();
    state.streams[name] = stream;
  }
  return stream;
}

function applyEvent(state: SessionState, entry: EventEntry): void {
  if (entry.stream !== null && entry.number !== null) {
    const stream = streamFor(state, entry.stream);
    settleEvents(stream, entry.number, entry.number);
    stream.received += 1;
    stream.at = Math.max(stream.at, entry.at);
  }
  state.events += 1;
  if (entry.shed) state.shed += 1;
  if (entry.stream === SERVER_STREAM) {
    // The actor's own event, not an act of the visitor.
    count(state, entry.event_type);
    closeForm(state, entry);
    return;
  }
  state.last_received_at = Math.max(state.last_received_at, entry.received_at);
  if (entry.late) state.late += 1;
  else if (entry.event_type === VITALS_TYPE) count(state, VITALS_TYPE);
  else applyAct(state, entry);
}

/**
 * Folds an event that is not late as an act of the visitor. The act's own time decides, not its place in the log: a page that was
 * offline delivers acts that are older than those of another page.
 */
function applyAct(state: SessionState, entry: EventEntry): void {
  const { at } = entry;
  const type = entry.event_type;
  const sight = sightOf(entry);
  const isNewest = state.last_event_at === null || at >= state.last_event_at;
  attend(state.attention, entry.stream, at, sight, state.started_at);
  state.first_event_at = Math.min(state.first_event_at ?? at, at);
  state.last_event_at = Math.max(state.last_event_at ?? at, at);
  state.engaged_ms = attendedMs(state.attention, state.last_event_at);
  count(state, type);
  record(state.velocity, at);
  record(velocityOf(state, BUILT_IN_TYPES.has(type) ? type : "custom"), at);
  if (type !== "mousemove" && type !== "visibility_change") beat(state.cadence, at);
  if (type === "page_view") {
    state.page_views += 1;
    countView(state.views, entry.page ?? state.current_page ?? state.entry_page, 1, state.trailing_slash);
  }
  if (isNewest && sight.change !== null) state.visible = sight.change === "visible";
  follow(state.journey, entry, isNewest, state.current_page);
  if (entry.page !== undefined) visit(state, pageUrl(entry.page), isNewest);
  noteForm(state, entry);
  const depth = entry.detail?.scroll_percent;
  if (depth !== undefined && depth > state.scroll_percent) state.scroll_percent = depth;
}

/** What most events say. */
const NO_CHANGE: Sight = { change: null, in_view_ms: null };

function sightOf({ event_type, detail }: EventEntry): Sight {
  if (event_type !== "visibility_change") return NO_CHANGE;
  const { state, ms } = detail?.data ?? {};
  if (state !== "hidden") return { change: "visible", in_view_ms: null };
  const isTime = typeof ms === "number" && Number.isFinite(ms) && ms >= 0;
  return { change: "hidden", in_view_ms: isTime ? Math.round(ms) : null };
}

function count(state: SessionState, type: string): void {
  const { counts } = state;
  const known = Object.hasOwn(counts, type);
  const name = known || BUILT_IN_TYPES.has(type) || Object.keys(counts).length < MAX_COUNTED_TYPES ? type : "other";
  counts[name] = (Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0) + 1;
}

function velocityOf(state: SessionState, type: string) {
  let velocity = state.velocity_by_type[type];
  if (!velocity) {
    velocity = newVelocity();
    state.velocity_by_type[type] = velocity;
  }
  return velocity;
}

function visit(state: SessionState, page: string, isNewest: boolean): void {
  if (page === state.current_page) return;
  if (isNewest) state.current_page = page;
  if (state.pages.length >= MAX_PAGES || state.pages.includes(page)) return;
  const units = state.pages.reduce((sum, known) => sum + known.length, page.length);
  if (units <= MAX_PAGES_UNITS) state.pages.push(page);
}

function applySettled(state: SessionState, entry: SettledEntry): void {
  state.last_received_at = Math.max(state.last_received_at, entry.at);
  state.unnumbered_rejected += entry.unnumbered_rejected ?? 0;
  if (entry.stream === null) return;
  const stream = streamFor(state, entry.stream);
  for (const number of entry.rejected) stream.rejected += settleEvents(stream, number, number);
  for (const [from, to] of entry.gone) stream.gone += settleEvents(stream, from, to);
}

function applyEnd(state: SessionState, entry: EndEntry): void {
  state.end_reason = entry.reason;
  state.end_taken_at = entry.received_at;
  // An idle visitor left with their last act, not when the actor noticed.
  const left_at = state.last_event_at ?? state.started_at;
  state.ended_at = entry.reason === "idle" ? left_at : Math.max(left_at, entry.at);
  state.exit_page = entry.exit_page === null ? state.current_page : pageUrl(entry.exit_page);
}

/** Folds a row's entries, JSON text joined by commas, into `state`. */
export function applyText(state: SessionState, body: string): void {
  for (const entry of readEntries(body)) apply(state, entry);
}
