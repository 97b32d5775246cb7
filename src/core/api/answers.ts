import * as z from "zod";
import { RecordOrder } from "../../protocol/recording";
import { SiteInput } from "../../protocol/site";
import { Consent } from "../../protocol/values";
import { BOT_KINDS } from "../network/bot-kind";
import { CHANNELS } from "../sources/channels";

/** The API's answers. `/openapi.json` is made from these schemas, and the dashboard's types are inferred from them. */

const Time = z.int().meta({ description: "Epoch milliseconds" });
const Text = z.string().nullable();
const Count = z.int().min(0);
const NumberRange = z.tuple([z.int(), z.int()]);
const Bag = z.record(z.string(), z.unknown());

export const ProblemBody = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** Present if the session may be recorded. */
const record = RecordOrder.optional();

export const StartedBody = z.object({
  session_id: z.uuid(),
  visitor_id: Text,
  device_id: Text,
  ack: z.object({ record }).optional(),
  timestamp: Time,
});
export const EndedBody = z.object({ session_id: z.uuid(), ended_at: Time });

const Ack = z.object({
  stream: z.string(),
  through: Count,
  missing: z.array(NumberRange),
  ended: z.literal(true).optional(),
  record,
});

/** For a chunk of a recording. */
export const ChunkAckBody = z.object({ ack: Ack, timestamp: Time });

export const AckBody = z.object({
  accepted: Count,
  duplicates: Count,
  rejected: z.array(z.object({ index: Count, code: z.string(), detail: z.string() })),
  ack: Ack.nullable(),
  ended: z.literal(true).optional(),
  consent: z.literal("denied").optional(),
  engagement: z
    .object({ score: z.int().min(0).max(100), band: z.enum(["cold", "warm", "engaged", "hot"]) })
    .optional()
    .meta({ description: "Where the site's `expose` names it" }),
  timestamp: Time,
});

const Score = z.int().min(0).max(100).nullable();
const ScoreName = z.enum(["engagement", "bot", "vpn", "risk"]);

const Firing = z.object({
  rule: z.string(),
  score: ScoreName,
  points: Count.meta({ description: "Counted in the score now: a score is the sum of these, at most 100" }),
  weight: Count.meta({ description: "What the rule gives when it counts" }),
  class: z.enum(["convicting", "supporting"]),
  at: Time,
  seq: z.int(),
  evidence: z.string(),
  shadow: z.literal(true).optional(),
  withdrawn_at: Time.optional(),
});

const Session = z.looseObject({
  session_id: z.uuid(),
  site: z.string(),
  visitor_id: Text,
  fingerprint_id: Text,
  started_at: Time,
  last_event_at: Time,
  ended_at: Time.nullable(),
  unproven: z.boolean().optional().meta({
    description:
      "`visitor_id` is a UUID of version 8, and the session has not shown the secret that it is made of. False also where nobody can prove it: an id of another kind",
  }),
  ip: Text,
  asn: z.int().nullable(),
  country: Text,
  label: z.enum(["human", "suspect", "bot"]).nullable(),
  verified_bot: Text.optional(),
  browser: Text.optional(),
  os: Text.optional(),
  bot_name: Text.optional(),
  bot_kind: z.enum(BOT_KINDS).nullable().optional(),
  bot_proof: z.enum(["verified", "claimed"]).nullable().optional(),
  engagement_band: z.enum(["cold", "warm", "engaged", "hot"]).nullable().optional(),
  scores: z.object({ engagement: Score, bot: Score, vpn: Score, risk: Score }),
  rules_version: z.int(),
  ledger: z.array(Firing),
  abstained: z.array(z.object({ rule: z.string(), why: z.string() })).optional(),
  events: Count,
  shed: Count.optional().meta({ description: "Events of these that only the archive holds; the replay has them" }),
  events_in: z.enum(["database", "archive"]).optional().meta({
    description: "Where its events are kept, as the site's setting `events` was when it began",
  }),
  last_seq: z.int(),
  page_views: Count,
  source: z.string().optional(),
  channel: z.enum(CHANNELS).optional(),
  campaign: Text.optional(),
  medium: Text.optional(),
  term: Text.optional(),
  content: Text.optional(),
  consent: Consent.optional(),
  end_reason: Text.optional(),
  entry_page: Text.optional(),
  exit_page: Text.optional(),
  referrer: Text.optional(),
  device_class: Text.optional(),
  device_id: Text.optional(),
  pages: Count.optional(),
  views: z.record(z.string(), Count).optional(),
  late: Count.optional(),
  quarantined: Count.optional(),
  unnumbered_rejected: Count.optional(),
  traits: Bag.optional(),
  counts: z.record(z.string(), Count),
  scroll_percent: z.number(),
  engaged_ms: Count,
  lead_submits: Count.optional().meta({
    description: "Leads submitted in this session; none that only a program fills in",
  }),
  completeness: z.looseObject({
    received: Count,
    expected: Count,
    missing: Count,
    rejected: Count,
    gone: Count,
    implausible: Count.meta({ description: "Streams that are in no sum: they say to have lost far more than came" }),
  }),
});

const SessionEvent = z.object({
  seq: z.int(),
  stream: Text,
  number: z.int().nullable(),
  at: Time,
  received_at: Time,
  event_type: z.string(),
  name: z.string().optional().meta({ description: "As it was written, where the type is the slug of a free name" }),
  page: Text,
  element: Text,
  x: z.number().nullable(),
  y: z.number().nullable(),
  scroll_percent: z.number().nullable(),
  data: Bag.nullable(),
  late: z.boolean(),
  truncated: z
    .boolean()
    .meta({ description: "Only the first 1,024 bytes of its data are here; the replay has the whole" }),
});

export const SessionBody = z.object({ data: Session });
export const SessionsPage = z.object({ data: z.array(Session), next_cursor: Text });
export const ReplayBody = z.object({
  data: z.array(z.looseObject({ seq: z.int(), at: Time, kind: z.string() })),
  next_cursor: z.null(),
});
export const EventsPage = z.object({ data: z.array(SessionEvent), next_cursor: Text });
export type SessionEvent = z.infer<typeof SessionEvent>;

export const LiveBody = z.object({
  data: Session.extend({
    ended: z.boolean(),
    velocity: Bag,
    actor: z.looseObject({ wakes: Count, journal_depth: Count, watermarks: Bag, last_flush_error: Bag }),
    unflushed: z.array(Bag),
    timestamp: Time,
  }),
});

const ScriptPath = z.string().optional().meta({
  description: "Where a page's tag finds the tracker below `INGEST_PREFIX`; absent without one: `/tracker.js`",
});
export const SiteBody = z.object({ data: SiteInput.extend({ site: z.string() }), script_path: ScriptPath });
export const SitesPage = z.object({
  data: z.array(z.object({ site: z.string() })),
  next_cursor: z.null(),
  script_path: ScriptPath,
});
export type SiteBody = z.infer<typeof SiteBody>;
export type SitesPage = z.infer<typeof SitesPage>;
export const TicketBody = z.object({
  data: z.object({ ticket: z.string(), protocol: z.string(), path: z.string(), expires_at: Time }),
});
export type TicketBody = z.infer<typeof TicketBody>;
export const HealthBody = z.object({ status: z.string(), version: z.string(), timestamp: Time }).loose();
