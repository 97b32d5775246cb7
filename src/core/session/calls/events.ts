import type { NamedEvent } from "../../../protocol/events";
import type { Batch } from "../../../protocol/track";
import {
  type Ack,
  ackOf,
  boundsOf,
  copyStream,
  isFull,
  isSettled,
  isTooSparse,
  reachOf,
  type StreamState,
  settleEvents,
  streamOf,
} from "../../delivery/streams";
import type { EventEntry, SettledEntry, Unplaced } from "../entry";
import { detailOf } from "../event-detail";
import type { SessionState } from "../fold/state";
import { type Refused, refused } from "./result";
import { placeInTime } from "./time";

type NewEvent = Unplaced<EventEntry>;

interface TakenEvents {
  ok: true;
  entries: Unplaced[];
  accepted: number;
  duplicates: number;
  ack: Ack | null;
  /** Traits of the new `identify` events; null without any. */
  traits: Record<string, unknown> | null;
}

/** Pure: the new events of a batch, as journal entries. `state` is only read. */
export function takeEvents(state: SessionState, batch: Batch, circumstances: Circumstances): TakenEvents | Refused {
  const { stream, first } = batch;
  const context = { ...circumstances, batch, late: state.ended_at !== null };
  return stream != null && first != null ? takeNumbered(state, context, stream, first) : takeUnnumbered(context);
}

export interface Circumstances {
  /** The earliest time that an event may have, epoch ms. */
  earliest: number;
  /** When the batch was received, epoch ms. */
  now: number;
  /** New events go to the archive only. */
  shed: boolean;
  /** New events of these types go to the archive only. */
  archive_only?: readonly string[];
}

interface Context extends Circumstances {
  batch: Batch;
  late: boolean;
}

function takeNumbered(state: SessionState, context: Context, name: string, first: number): TakenEvents | Refused {
  const known = streamOf(state.streams, name);
  if (!known && isFull(state.streams)) return refused("stream_too_sparse", "This session has too many streams.");
  const next = copyStream(known);
  const fresh: NewEvent[] = [];
  const taken: NamedEvent[] = [];
  const rejected: number[] = [];
  let duplicates = 0;
  context.batch.events.forEach((event, i) => {
    const number = first + i;
    const isNew = !isSettled(next, number);
    const bounds = boundsOf(next, number);
    settleEvents(next, number, number);
    if (!isNew) duplicates += event === null ? 0 : 1;
    else if (event === null) rejected.push(number);
    else {
      const entry = eventEntry(event, context, bounds, name, number);
      next.at = Math.max(next.at, entry.at);
      fresh.push(entry);
      taken.push(event);
    }
  });
  const gone = (context.batch.gone ?? []).filter(([from, to]) => settleEvents(next, from, to) > 0);
  if (next.through > reachOf(known?.through ?? 0, sinceOf(known, context, fresh), context.now)) {
    return refused("stream_too_sparse", "This stream's numbers are ahead of what can have happened; begin a new one.");
  }
  if (isTooSparse(next)) return refused("stream_too_sparse", "This stream has too many gaps; begin a new one.");
  return {
    ok: true,
    entries: [...fresh, ...settledEntry(name, rejected, gone, context.now)],
    accepted: fresh.length,
    duplicates,
    ack: ackOf(name, next),
    traits: traitsOf(taken),
  };
}

/** Since when the new numbers can have been given, epoch ms: a page may have been offline since before its session began. */
function sinceOf(known: StreamState | undefined, { earliest, now }: Context, fresh: readonly NewEvent[]): number {
  if (known && known.at > 0) return known.at;
  return Math.min(earliest || now, ...fresh.map(({ at }) => at));
}

function settledEntry(
  stream: string,
  rejected: number[],
  gone: [number, number][],
  at: number,
): Unplaced<SettledEntry>[] {
  return rejected.length + gone.length > 0 ? [{ kind: "settled", at, stream, rejected, gone }] : [];
}

function takeUnnumbered(context: Context): TakenEvents {
  let { earliest } = context;
  const fresh: Unplaced[] = [];
  for (const event of context.batch.events) {
    if (event === null) continue;
    const entry = eventEntry(event, context, { earliest, latest: context.now }, null, null);
    earliest = entry.at;
    fresh.push(entry);
  }
  const accepted = fresh.length;
  const refusedCount = context.batch.rejected.length;
  const at = context.now;
  if (refusedCount > 0) {
    fresh.push({ kind: "settled", at, stream: null, rejected: [], unnumbered_rejected: refusedCount, gone: [] });
  }
  return { ok: true, entries: fresh, accepted, duplicates: 0, ack: null, traits: traitsOf(context.batch.events) };
}

function eventEntry(
  event: NamedEvent,
  context: Context,
  { earliest, latest }: { earliest: number; latest: number },
  stream: string | null,
  number: number | null,
): NewEvent {
  const { batch, now } = context;
  const placed = placeInTime(now, batch.sent_at, event.timestamp, Math.max(context.earliest, earliest));
  const at = Math.min(placed, latest);
  const { event_type } = event;
  const entry: NewEvent = { kind: "event", at, received_at: now, stream, number, event_type };
  if (event.name !== undefined) entry.name = event.name;
  if (event.page != null) entry.page = event.page;
  if (event.element != null) entry.element = event.element;
  // Traits go to the head row only.
  const detail = detailOf(event_type === "identify" ? { ...event, data: null } : event);
  if (detail) entry.detail = detail;
  if (context.late) entry.late = true;
  if (context.shed || context.archive_only?.includes(event_type)) entry.shed = true;
  return entry;
}

function traitsOf(events: (NamedEvent | null)[]): Record<string, unknown> | null {
  const said = events.flatMap((event) => (event?.event_type === "identify" && event.data ? [event.data] : []));
  return said.length > 0 ? Object.assign({}, ...said) : null;
}
