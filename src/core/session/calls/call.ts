import type { Batch, EndPart, StartInput } from "../../../protocol/track";
import type { Consent, TrailingSlash } from "../../../protocol/values";
import type { CallBudget } from "../../budget/spending";
import type { ClientNetwork } from "../../network/classes";
import { Cleaner } from "../../privacy/call";
import type { RecordRule } from "../../recording/rule";
import { sha256 } from "../../sha256";
import type { TrackCall } from "./track-call";
import { isProvable, visitorOf } from "./visitor-id";

/** What the edge knows of a caller. It goes along with each of the caller's calls. */
export interface CallContext {
  session_id: string;
  site: string;
  gpc: boolean;
  default_consent: Consent;
  record: RecordRule | null;
  /** Names that the site says hold no secret; absent where it says nothing. */
  allow?: readonly string[];
  /** Whether the site takes `/a/` and `/a` for one page; absent for the usual setting, `keep`. */
  trailing_slash?: TrailingSlash;
  /** The name under which the site shares identities with others; absent where it counts by itself. */
  identity_group?: string;
  /** Absent where the database has a row of each event. */
  events_in?: "archive";
  /** Absent where KV gets all counters of the session. */
  kv?: "notable";
  /** Absent where limits are lifted. */
  budget?: CallBudget;
  network: ClientNetwork;
  /** What acks may say of the session's scores; absent if that is nothing. */
  expose?: readonly "engagement"[];
  /** Hash of the session key that this caller showed earlier: a socket shows it once. */
  key_hash: string | null;
}

export interface CallParts {
  start?: StartInput;
  batch?: Batch;
  end?: EndPart;
}

/**
 * Makes a call of a body, whatever transport brought it, and takes secrets out. This is the only way to the journal. `proven`: the
 * visitor whose proof the caller has shown.
 */
export async function buildCall(context: CallContext, parts: CallParts, proven?: string | null): Promise<TrackCall> {
  const { start, batch, end } = new Cleaner(context.allow ?? []).parts(parts);
  const { first, proven_visitor } = await withVisitor(start ?? batch?.start ?? null, proven ?? null);
  const last = end ?? batch?.end ?? null;
  const key = batch?.session_key ?? first?.session_key ?? last?.session_key;
  const call: TrackCall = {
    v: 1,
    session_id: context.session_id,
    site: context.site,
    gpc: context.gpc,
    default_consent: context.default_consent,
    network: context.network,
    key_hash: key ? await sha256(key) : context.key_hash,
    device_id: first ? await deviceId(first) : null,
    start: first,
    batch: batch?.start ? { ...batch, start: first } : (batch ?? null),
    end: last,
  };
  addOptional(call, context);
  if (proven_visitor) call.proven_visitor = proven_visitor;
  return call;
}

function addOptional(call: TrackCall, context: CallContext): void {
  const { expose, record, trailing_slash, identity_group, events_in, kv, budget } = context;
  if (expose?.length) call.expose = expose;
  if (record) call.record = record;
  if (trailing_slash) call.trailing_slash = trailing_slash;
  if (identity_group) call.identity_group = identity_group;
  if (events_in) call.events_in = events_in;
  if (kv) call.kv = kv;
  if (budget) call.budget = budget;
}

/**
 * The start, with the visitor id that its secret makes in place of the secret, which goes no further. An id that no secret can make
 * stays as it is. An id that another secret makes is replaced.
 */
async function withVisitor(
  said: StartInput | null,
  proven: string | null,
): Promise<{ first: StartInput | null; proven_visitor: string | null }> {
  if (!said) return { first: null, proven_visitor: null };
  const { visitor_secret, visitor_proof: _, domain: __, ...start } = said;
  if (visitor_secret == null) return { first: start, proven_visitor: proven };
  const proven_visitor = await visitorOf(visitor_secret);
  const { visitor_id: before } = start;
  const visitor_id = before != null && !isProvable(before) ? before : proven_visitor;
  return { first: { ...start, visitor_id }, proven_visitor };
}

/** 32 hex digits for the device as it describes itself: the same for the same description. */
async function deviceId({ device_info, screen }: StartInput): Promise<string | null> {
  if (!device_info) return null;
  const { user_agent, platform, timezone, hardware_concurrency, device_memory } = device_info;
  const facts = [user_agent, platform, timezone, hardware_concurrency, device_memory];
  const shown = [screen?.width, screen?.height, screen?.color_depth, screen?.pixel_ratio];
  return (await sha256(JSON.stringify([...facts, ...shown]))).slice(0, 32);
}
