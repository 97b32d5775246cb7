import * as z from "zod";
import { SiteName } from "../../protocol/values";
import { LABELS } from "../scoring/ledger";
import { Time } from "./analytics";
import { ListQuery } from "./list";

/** Queries and answers of the look-ups by fingerprint. */

const range = { from: Time.optional(), to: Time.optional() };
const site = SiteName.optional();

export const FingerprintsQuery = ListQuery.extend({
  ...range,
  site,
  ip: z
    .string()
    .min(2)
    .max(64)
    .optional()
    .meta({ description: "An address, or what is stored of one: sessions from there, in the form their site keeps" }),
});
export type FingerprintsQuery = z.infer<typeof FingerprintsQuery>;

/** For one fingerprint. Without `from` and `to` it asks for everything that is kept. */
export const FingerprintQuery = z.strictObject({ ...range, site });
export type FingerprintQuery = z.infer<typeof FingerprintQuery>;

const Count = z.int().min(0);
const At = z.int().meta({ description: "Epoch milliseconds" });
const Text = z.string().nullable();
const Score = z.int().min(0).max(100).nullable();

const figures = {
  first_seen_at: At,
  last_seen_at: At,
  sessions: Count,
  ips: Count,
  asns: Count,
  countries: Count,
};

const FingerprintAnswer = z.object({
  fingerprint_id: z.string(),
  ...figures,
  capped: z.boolean().meta({ description: "There are more sessions than were looked at: the counts are lower bounds" }),
  known: z.object(figures).nullable().meta({
    description:
      "What its shards have counted, on the site asked about or on all; null for a site that shares identities with others",
  }),
  latest: z.object({
    session_id: z.uuid(),
    site: z.string(),
    started_at: At,
    label: z.enum(LABELS).nullable(),
    country: Text,
    scores: z.object({ engagement: Score, bot: Score, vpn: Score, risk: Score }),
  }),
});

export const FingerprintsPage = z.object({
  data: z.array(FingerprintAnswer),
  next_cursor: Text.meta({ description: "A page may be short, and still not be the last" }),
});

const FingerprintPlace = z.object({
  ip: Text,
  asn: z.int().nullable(),
  country: Text,
  provider: Text,
  sessions: Count,
  first_seen_at: At,
  last_seen_at: At,
});

export const FingerprintBody = z.object({
  data: FingerprintAnswer.extend({
    labels: z.record(z.string(), Count).meta({ description: "Sessions by verdict" }),
    visitors: Count,
    places: z.array(FingerprintPlace),
  }),
});

export type FingerprintBody = z.infer<typeof FingerprintBody>;

const GraphNode = z.object({
  id: z.string(),
  kind: z.enum(["fingerprint", "address", "asn", "country"]),
  label: z.string(),
  sessions: Count,
  first_seen: At,
  last_seen: At,
});

export const IdentityBody = z.object({
  data: z.object({
    nodes: z.array(GraphNode),
    edges: z.array(z.object({ from: z.string(), to: z.string(), sessions: Count })),
    capped: z.boolean().meta({ description: "There is more than is shown" }),
  }),
});
export type IdentityBody = z.infer<typeof IdentityBody>;
