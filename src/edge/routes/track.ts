import type { CallParts } from "../../core/session/calls/call";
import { buildCall } from "../../core/session/calls/call";
import type { TakenCall, TrackResult } from "../../core/session/calls/result";
import { withAdmittedTypes } from "../../ops/admit-types";
import { unwrap } from "../../protocol/problem";
import { type Batch, EndInput, parseBatch, parseSingle, parseWith, StartInput } from "../../protocol/track";
import { admit } from "../http/admit";
import type { Context, Handler } from "../http/context";
import { answerPage } from "../http/page-call";
import { callActor, refusedCall } from "../http/session-actor";
import { proofFor, type SharedVisitor, shownVisitor } from "./shared-visitor";

type Started = Pick<TakenCall, "visitor_id" | "device_id"> &
  Partial<Pick<SharedVisitor, "visitor_proof">> & {
    session_id: string;
    /** Says whether to record. The events' acks have it in this place too, so that a page looks in one place. */
    ack?: Pick<TakenCall, "record">;
    timestamp: number;
  };

/** `POST /track/session/start` */
export const startSession: Handler = (context) =>
  answerPage(context, async (raw): Promise<Started> => {
    const start = unwrap(parseWith(StartInput, raw));
    const session_id = start.session_id ?? crypto.randomUUID();
    const { taken, shared } = await send(context, session_id, start.site, { start });
    const { visitor_id, device_id, record, timestamp } = taken;
    const started: Started = { session_id, visitor_id, device_id, timestamp, ...shared };
    if (record) started.ack = { record };
    return started;
  });

/** `POST /track/events/batch` */
export const trackBatch: Handler = (context) =>
  answerPage(context, (raw) => sendBatch(context, unwrap(parseBatch(raw))));

/** `POST /track/event` */
export const trackEvent: Handler = (context) =>
  answerPage(context, (raw) => sendBatch(context, unwrap(parseSingle(raw))));

/** `POST /track/session/end` */
export const endSession: Handler = (context) =>
  answerPage(context, async (raw) => {
    const end = unwrap(parseWith(EndInput, raw));
    const { taken } = await send(context, end.session_id, end.site, { end });
    return { session_id: taken.session_id, ended_at: taken.ended_at };
  });

type Acked = Pick<TakenCall, "accepted" | "duplicates" | "rejected" | "ack" | "timestamp"> &
  Partial<Pick<TakenCall, "ended" | "consent" | "engagement">> &
  Partial<SharedVisitor>;

async function sendBatch(context: Context, batch: Batch): Promise<Acked> {
  const site = batch.site ?? batch.start?.site;
  const { taken, shared } = await send(context, batch.session_id, site, { batch });
  const { accepted, duplicates, rejected, ack, ended, consent, engagement, timestamp } = taken;
  const acked: Acked = { accepted, duplicates, rejected, ack, timestamp, ...shared };
  if (ended) acked.ended = ended;
  // A page that sent no consent hears when the site denies it, so that it forgets the visitor too.
  if (batch.start && !batch.start.consent && consent === "denied") acked.consent = consent;
  if (engagement) acked.engagement = engagement;
  return acked;
}

interface SentCall {
  taken: TakenCall;
  shared: SharedVisitor | null;
}

/** Lets the call in, then hands it to the session's actor. */
async function send(
  context: Context,
  session_id: string,
  site: string | null | undefined,
  parts: CallParts,
): Promise<SentCall> {
  const start = parts.start ?? parts.batch?.start ?? null;
  const caller = await admit(context, session_id, site, start);
  const built = await buildCall(caller, parts, await shownVisitor(context, caller.site, start));
  // A batch without numbers would count twice, so it is not tried again here.
  const repeatable = !parts.batch || parts.batch.stream != null;
  const result = await withAdmittedTypes(context.env, built, context.log, (call) =>
    callActor<TrackResult>(context, session_id, repeatable, (actor) => actor.track(call)),
  );
  if (!result.ok) throw refusedCall(result);
  return { taken: result, shared: await proofFor(context, built, result, start) };
}
