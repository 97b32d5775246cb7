import { buildCall, type CallParts } from "../../src/core/session/calls/call";
import type { TrackResult } from "../../src/core/session/calls/result";
import type { TrackSocketContext } from "../../src/core/session/calls/socket";
import type { TrackCall } from "../../src/core/session/calls/track-call";
import { MAX_FRAME_UNITS, SOCKET_STRIKES } from "../../src/limits";
import { type Parsed, parseJson } from "../../src/protocol/text";
import { EndFrame, FrameId, parseBatch, parseWith } from "../../src/protocol/track";
import { SessionId } from "../../src/protocol/values";

/** Close codes of the contract. */
const CLOSE = { notText: 4400, unknown: 4404, tooLarge: 4413, tooFast: 4429 } as const;

type Id = string | number | null;

/** What a frame asks of its actor. */
export interface FrameHost {
  track(call: TrackCall): TrackResult | Promise<TrackResult>;
  /** Stores the changed context with its socket. */
  keep(socket: WebSocket, context: TrackSocketContext): void;
}

/** One text frame of a visitor's socket: taken and acked, or answered with an error. */
export async function handleFrame(
  socket: WebSocket,
  context: TrackSocketContext,
  message: string | ArrayBuffer,
  host: FrameHost,
): Promise<void> {
  // Frames already on their way when the socket was closed are not taken: they could not be acked.
  if (socket.readyState !== WebSocket.OPEN) return;
  if (typeof message !== "string") return socket.close(CLOSE.notText, "text frames only");
  if (message.length > MAX_FRAME_UNITS) return socket.close(CLOSE.tooLarge, "frame too large");
  const json = parseJson(message);
  if (!json.ok && json.refusal.code === "invalid_json") return socket.close(CLOSE.notText, "not JSON");
  const raw = json.ok ? json.value : null;
  const id = frameId(json.ok ? raw : JSON.parse(message));
  const parts = json.ok ? parseFrame(raw, context) : json;
  if (!parts.ok) return refuse(socket, context, id, parts.refusal, host);
  const call = await buildCall(context, parts.value);
  const result = await host.track(call);
  if (!result.ok) return refuse(socket, context, id, result, host);
  if (context.strikes > 0 || !context.is_proved || call.key_hash !== context.key_hash) {
    host.keep(socket, { ...context, strikes: 0, is_proved: true, key_hash: call.key_hash });
  }
  const { accepted, duplicates, rejected, ack, ended, engagement } = result;
  const more = { ...(ended && { ended }), ...(engagement && { engagement }) };
  socket.send(JSON.stringify({ t: "ack", id, accepted, duplicates, rejected, ack, ...more }));
}

function frameId(raw: unknown): Id {
  const id = typeof raw === "object" && raw !== null && "id" in raw ? FrameId.safeParse(raw.id) : null;
  return id?.data ?? null;
}

function parseFrame(raw: unknown, context: TrackSocketContext): Parsed<CallParts> {
  if (typeof raw !== "object" || raw === null || !("t" in raw)) return refusal("t: a frame says what it is");
  const { session_id } = context;
  if ("session_id" in raw && SessionId.safeParse(raw.session_id).data !== session_id) {
    return refusal("session_id: not this socket's session");
  }
  if (raw.t === "events") {
    const { t: _, id: __, ...sent } = raw as Record<string, unknown>;
    const batch = parseBatch({ ...sent, session_id });
    return batch.ok ? { ok: true, value: { batch: batch.value } } : batch;
  }
  if (raw.t !== "end") return refusal("t: must be events or end");
  const end = parseWith(EndFrame, raw);
  return end.ok ? { ok: true, value: { end: end.value } } : end;
}

const refusal = (detail: string): Parsed<never> => ({ ok: false, refusal: { code: "invalid_frame", detail } });

interface FrameRefusal {
  code: string;
  detail: string;
  retry_after?: number;
}

function refuse(
  socket: WebSocket,
  context: TrackSocketContext,
  id: Id,
  refused: FrameRefusal,
  { keep }: Pick<FrameHost, "keep">,
): void {
  const { code, detail, retry_after } = refused;
  socket.send(JSON.stringify({ t: "error", id, code, detail, ...(retry_after !== undefined && { retry_after }) }));
  const strikes = context.strikes + 1;
  const pressed = code === "too_fast" || code === "budget_spent" || code === "busy";
  if (code === "session_unknown") socket.close(CLOSE.unknown, code);
  else if (strikes >= SOCKET_STRIKES) socket.close(pressed ? CLOSE.tooFast : CLOSE.notText, code);
  else keep(socket, { ...context, strikes });
}
