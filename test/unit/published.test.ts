import { describe, expect, it } from "vitest";
import * as z from "zod";
import { DailyQuery, OverviewBody } from "../../src/core/api/aggregates";
import { TicketInput } from "../../src/core/api/analytics";
import { AnomaliesBody } from "../../src/core/api/anomalies";
import { AckBody, SessionBody, StartedBody } from "../../src/core/api/answers";
import { ErasureCounts, ErasureQuery, PersonBody } from "../../src/core/api/erasure";
import { FingerprintBody, FingerprintsPage, FingerprintsQuery, IdentityBody } from "../../src/core/api/identity";
import { AuditPage, NewKeyBody } from "../../src/core/api/keys";
import { DeliveryAnswer, LeadAnswer } from "../../src/core/api/leads";
import { LogsQuery } from "../../src/core/api/logs";
import { RealtimeQuery } from "../../src/core/api/realtime";
import { RebuildBody, RebuildInput } from "../../src/core/api/rebuild";
import { RetentionReport, RetentionRun, StorageBody } from "../../src/core/api/storage";
import { ChunkBody } from "../../src/protocol/recording";
import { BatchInput, StartInput } from "../../src/protocol/track";
import { HttpUrl } from "../../src/protocol/values";
import { Webhook } from "../../src/protocol/webhook";

interface Form {
  description?: string;
  properties?: Record<string, Form>;
  items?: Form;
  anyOf?: Form[];
}

const formOf = (schema: z.ZodType): Form => z.toJSONSchema(schema, { unrepresentable: "any", io: "input" }) as Form;

/** Everything that is said of what lies at a path, through lists and choices. */
function wordsAt(form: Form | undefined, path: readonly string[]): string[] {
  if (!form) return [];
  const inner = [...(form.anyOf ?? []), ...(form.items ? [form.items] : [])].flatMap((one) => wordsAt(one, path));
  const [name, ...rest] = path;
  if (name !== undefined) return [...inner, ...wordsAt(form.properties?.[name], rest)];
  return form.description === undefined ? inner : [...inner, form.description];
}

describe("the published form explains", () => {
  it.each<[z.ZodType, string[]]>([
    [OverviewBody, ["data.visitors_error", "data.period.from"]],
    [DailyQuery, ["tz", "page", "source", "campaign"]],
    [TicketInput, ["path"]],
    [
      AnomaliesBody,
      ["data.site", "data.at", "data.hours", "data.median", "data.mad", "data.deviation", "data.samples"],
    ],
    [StartedBody, ["timestamp"]],
    [AckBody, ["engagement"]],
    [SessionBody, ["data.ledger.points", "data.ledger.weight"]],
    [ErasureQuery, ["site", "keep_leads"]],
    [ErasureCounts, ["actors", "unlinked", "unproven"]],
    [PersonBody, ["data.unproven"]],
    [StartInput, ["visitor_id", "visitor_secret"]],
    [FingerprintsQuery, ["ip"]],
    [FingerprintsPage, ["data.capped", "data.known", "data.first_seen_at", "next_cursor"]],
    [FingerprintBody, ["data.labels"]],
    [IdentityBody, ["data.capped"]],
    [NewKeyBody, ["data.key", "data.created_at"]],
    [AuditPage, ["data.at"]],
    [LeadAnswer, ["status", "created_at"]],
    [DeliveryAnswer, ["status", "response"]],
    [LogsQuery, ["from", "to", "after"]],
    [RealtimeQuery, ["site", "limit"]],
    [RebuildInput, ["from", "to", "after"]],
    [RebuildBody, ["data.fingerprints", "data.ahead", "data.incomplete"]],
    [ChunkBody, ["stream", "number", "at"]],
    [RetentionReport, ["sessions_deleted", "events_deleted", "objects_kept", "duration_ms"]],
    [RetentionRun, ["cutoff"]],
    [StorageBody, ["data.days.complete"]],
    [BatchInput, ["gone"]],
    [Webhook, ["secrets"]],
  ])("what a name alone does not say (%#)", (schema, names) => {
    const form = formOf(schema);
    const silent = names.filter((name) => wordsAt(form, name.split(".")).join("") === "");
    expect(silent).toEqual([]);
  });

  it("that an address is a URL", () => {
    expect(formOf(HttpUrl)).toMatchObject({ type: "string", format: "uri" });
  });
});
