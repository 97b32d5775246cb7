import type { Consent, TrailingSlash } from "../../protocol/fields";
import type { Batch, EndPart, StartInput } from "../../protocol/track";
import type { CallBudget } from "../budget/spending";
import type { ClientNetwork } from "../network/classes";
import { Cleaner } from "../privacy/call";
import type { RecordRule } from "../recording/rule";
import { sha256 } from "../sha256";
import type { TrackCall } from "./track-call";
import { isProvable, visitorOf } from "./visitor-id";

/** What the edge knows of a caller, for every call it makes. */
export interface CallContext {
  session_id: string;
  site: string;
  gpc: boolean;
  default_consent: Consent;
  record: RecordRule | null;
  /** What the site says is no secret; absent where it says nothing. */
  allow?: readonly string[];
  /** How the site names its pages; absent in sockets opened before there was such a setting. */
  trailing_slash?: TrailingSlash;
  /** The name under which the site shares identities with others; absent where it counts by itself. */
  identity_group?: string;
  /** Absent in sockets opened before there were budgets. */
  budget?: CallBudget;
  network: ClientNetwork;
  /** What acks may say of the session's scores; absent in sockets opened before there was such a setting. */
  expose?: readonly "engagement"[];
  /** Of the session key this caller has shown before: a socket shows it once. */
  key_hash: string | null;
}

export interface CallParts {
  start?: StartInput;
  batch?: Batch;
  end?: EndPart;
}

/**
 * Puts a call together from a body of any transport, without what is secret in it: nothing else leads to the journal.
 * `proven`: the visitor whose proof the caller has shown.
 */
export async function buildCall(context: CallContext, parts: CallParts, proven?: string | null): Promise<TrackCall> {
  const { start, batch, end } = new Cleaner(context.allow ?? []).parts(parts);
  const { first, proven_visitor } = await withVisitor(start ?? batch?.start ?? null, proven ?? null);
  const last = end ?? batch?.end ?? null;
  const key = batch?.session_key ?? first?.session_key ?? last?.session_key;
  const { session_id, site, gpc, default_consent, expose, record, trailing_slash, identity_group, network, budget } =
    context;
  return {
    v: 1,
    session_id,
    site,
    gpc,
    default_consent,
    ...(expose?.length && { expose }),
    ...(record && { record }),
    ...(trailing_slash && { trailing_slash }),
    ...(identity_group && { identity_group }),
    ...(budget && { budget }),
    network,
    key_hash: key ? await sha256(key) : context.key_hash,
    device_id: first ? await device_id(first) : null,
    ...(proven_visitor && { proven_visitor }),
    start: first,
    batch: batch?.start ? { ...batch, start: first } : (batch ?? null),
    end: last,
  };
}

/**
 * A start with the id that its secret makes, and without the secret, which goes no further. An id that a device had before
 * there were secrets stays; one that another secret makes does not.
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

/** A name for the device as it describes itself: the same description, the same 32 hex digits. */
async function device_id({ device_info, screen }: StartInput): Promise<string | null> {
  if (!device_info) return null;
  const { user_agent, platform, timezone, hardware_concurrency, device_memory } = device_info;
  const facts = [user_agent, platform, timezone, hardware_concurrency, device_memory];
  const shown = [screen?.width, screen?.height, screen?.color_depth, screen?.pixel_ratio];
  return (await sha256(JSON.stringify([...facts, ...shown]))).slice(0, 32);
}
