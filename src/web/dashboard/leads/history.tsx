import type { LeadWhole, SubmissionRow } from "../api/lead-types";
import { absoluteTime, duration, NOTHING, pagePath } from "../format";
import { Id } from "../parts/copy";
import { Panel } from "../parts/panel";
import { SCORE_TITLES } from "../parts/score";
import { Notice } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";
import { eventTitle } from "../session/describe";

/** Why a lead has its scores, what the visitor did before, and its submits. */

type Reason = LeadWhole["evidence"]["reasons"][number];

const REASONS: readonly Column<Reason>[] = [
  { title: "Score", cell: ({ score }) => SCORE_TITLES[score], text: ({ score }) => score },
  { title: "Rule", cell: ({ rule }) => <code>{rule}</code>, text: ({ rule }) => rule },
  { title: "Points", cell: ({ points }) => points, text: ({ points }) => points, isNumber: true },
  { title: "Evidence", cell: ({ evidence }) => evidence, text: ({ evidence }) => evidence, isWide: true },
];

export function Reasons({ lead }: { lead: LeadWhole }) {
  return (
    <Panel title="Why these scores">
      <Table
        name="Reasons"
        columns={REASONS}
        rows={lead.evidence.reasons}
        id={({ rule }, index) => `${rule} ${index}`}
        empty={<Notice title="No rule had fired" />}
      />
    </Panel>
  );
}

export function Acts({ lead }: { lead: LeadWhole }) {
  const { acts } = lead.evidence;
  if (acts.length === 0) return null;
  return (
    <Panel title="What they did before">
      <ol class="log" aria-label="Acts before the submit, oldest first">
        {acts.map(({ at, type, page, element, name }, index) => (
          <li key={`${at} ${index}`}>
            <time dateTime={new Date(at).toISOString()} title={absoluteTime(at)}>
              −{duration(Math.max(0, lead.created_at - at))}
            </time>
            <strong>{name ?? eventTitle(type)}</strong>
            <span class="log-detail">{[element, page && pagePath(page)].filter(Boolean).join(" · ")}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

const SUBMISSIONS: readonly Column<SubmissionRow>[] = [
  {
    title: "Submit",
    cell: ({ submission_id }) => <Id id={submission_id} what="submission id" />,
    text: ({ submission_id }) => submission_id,
  },
  {
    title: "Came in",
    cell: ({ received_at }) => <Time at={received_at} />,
    text: ({ received_at }) => new Date(received_at).toISOString(),
  },
  { title: "Outcome", cell: ({ outcome }) => outcome, text: ({ outcome }) => outcome },
  { title: "Name", cell: ({ contact }) => contact.name ?? NOTHING, text: ({ contact }) => contact.name },
  { title: "Email", cell: ({ contact }) => contact.email ?? NOTHING, text: ({ contact }) => contact.email },
  {
    title: "Guest",
    cell: ({ guest }) => (guest ? <span title="It named the lead's email or phone from elsewhere">yes</span> : NOTHING),
    text: ({ guest }) => (guest ? "yes" : "no"),
  },
  { title: "Phone", cell: ({ contact }) => contact.phone ?? NOTHING, text: ({ contact }) => contact.phone },
  {
    title: "Message",
    cell: ({ contact }) => <span title={contact.message ?? undefined}>{contact.message ?? NOTHING}</span>,
    text: ({ contact }) => contact.message,
    isWide: true,
  },
];

export function Submissions({ lead }: { lead: LeadWhole }) {
  return (
    <Panel title="Submissions">
      <Table
        name="Submissions"
        columns={SUBMISSIONS}
        rows={lead.history}
        id={({ submission_id }) => submission_id}
        empty={<Notice title="No submission is kept" />}
      />
    </Panel>
  );
}
