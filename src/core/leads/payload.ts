import type { Contact, Evidence, Outcome, Submission } from "./lead";

/** Standard Webhooks 1.0.0 recommends payloads under 20 KB. */
export const WEBHOOK_MAX_BYTES = 20_000;

/** The message that tells a receiver of a lead. `truncated`: the API has more than fitted here. */
interface LeadMessage {
  type: string;
  /** ISO 8601, when it happened. */
  timestamp: string;
  data: {
    lead: Contact & {
      lead_id: string;
      submission_id: string;
      site: string;
      outcome: Outcome;
      submitted_at: number;
      visitor_id: string | null;
      /**
       * The submit named the lead's email or phone, and nothing shows that it is the same person. A receiver must not change its
       * own record by it.
       */
      guest: boolean;
      truncated: boolean;
    };
    scores: Evidence["scores"] & { label: string | null; reasons: Evidence["reasons"] };
    session: Omit<Evidence, "scores" | "label" | "reasons">;
  };
}

const size = (message: unknown): number => new TextEncoder().encode(JSON.stringify(message)).byteLength;

/** The body of a lead's webhook: JSON, at most 20,000 bytes. */
export function leadMessage(lead_id: string, outcome: Outcome, submission: Submission, guest = false): string {
  const { contact, evidence, submission_id, site, received_at, visitor_id } = submission;
  const { scores, label, reasons, ...session } = evidence;
  const about = { lead_id, submission_id, site, outcome, submitted_at: received_at, visitor_id, guest };
  const message: LeadMessage = {
    type: `lead.${outcome}`,
    timestamp: new Date(received_at).toISOString(),
    data: {
      lead: { ...about, ...contact, truncated: false },
      scores: { ...scores, label, reasons },
      session,
    },
  };
  return JSON.stringify(shrink(message));
}

type Cut = (data: LeadMessage["data"]) => LeadMessage["data"];

/** The cuts, in the order from what is missed least to what is missed most. */
const CUTS: readonly Cut[] = [
  (data) => ({
    ...data,
    session: { ...data.session, pages: data.session.pages.slice(-5), acts: data.session.acts.slice(-3) },
  }),
  (data) => ({ ...data, scores: { ...data.scores, reasons: data.scores.reasons.slice(0, 10) } }),
  (data) => ({ ...data, session: { ...data.session, pages: [], acts: [], campaign: {} } }),
  (data) => ({ ...data, lead: { ...data.lead, fields: {} } }),
  (data) => ({ ...data, lead: { ...data.lead, message: head(data.lead.message, 1_000) } }),
  (data) => ({ ...data, lead: shortened(data.lead), session: { ...data.session, entry_page: null, referrer: null } }),
];

function shrink(message: LeadMessage): LeadMessage {
  let { data } = message;
  for (const cut of CUTS) {
    if (size({ ...message, data }) <= WEBHOOK_MAX_BYTES) return { ...message, data };
    data = cut({ ...data, lead: { ...data.lead, truncated: true } });
  }
  return { ...message, data };
}

/** The first `units` of a text, never half a character. */
const head = (text: string | null, units: number): string | null =>
  text?.slice(0, units).replace(/[\uD800-\uDBFF]$/, "") ?? null;

const SHORTENED = ["name", "project", "location", "team", "source", "keyword"] as const;

const shortened = (lead: LeadMessage["data"]["lead"]): LeadMessage["data"]["lead"] => ({
  ...lead,
  ...Object.fromEntries(SHORTENED.map((field) => [field, head(lead[field], 100)])),
});
