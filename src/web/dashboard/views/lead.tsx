import { useState } from "preact/hooks";
import { useAnswer } from "../api/answer";
import type { LeadWhole, SubmissionRow } from "../api/lead-types";
import type { Erasure, One } from "../api/types";
import { absoluteTime, count, country, duration, NOTHING, pagePath } from "../format";
import { DeliveryTable } from "../leads/delivery-table";
import { Erase, Receipt } from "../leads/erase";
import { LIVE_REFRESH_MS } from "../limits";
import { Copy, Id } from "../parts/copy";
import { type Fact, Facts, Panel } from "../parts/panel";
import { SCORE_NAMES, SCORE_TITLES, Score, Verdict } from "../parts/score";
import { Notice, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";
import { href, place } from "../place";
import { eventTitle } from "../session/describe";

const EMAIL_CLASSES = {
  relay: "relay",
  disposable: "disposable",
  free: "free provider",
  own: "own domain",
} as const;

function ContactFacts({ lead }: { lead: LeadWhole }) {
  const fields = Object.entries(lead.fields).map(([name, value]): Fact => [name, JSON.stringify(value)]);
  return (
    <Panel title="Who">
      <Facts
        of={[
          ["Name", lead.name ?? NOTHING],
          ["Email", lead.email ? <Mail key="email" email={lead.email} kind={lead.email_class} /> : NOTHING],
          ["Phone", lead.phone ?? NOTHING],
          ["Message", lead.message ?? NOTHING],
          ["Project", lead.project ?? NOTHING],
          ["Location", lead.location ?? NOTHING],
          ["Team", lead.team ?? NOTHING],
          ["Source", lead.source ?? NOTHING],
          ["Keyword", lead.keyword ?? NOTHING],
          ["Country", lead.country_code ? country(lead.country_code) : NOTHING],
          ...fields,
        ]}
      />
    </Panel>
  );
}

function Mail({ email, kind }: { email: string; kind: LeadWhole["email_class"] }) {
  return (
    <>
      {email} <Copy text={email} what="email address" />
      {kind && <span class={`badge ${kind === "disposable" ? "bad" : ""}`}>{EMAIL_CLASSES[kind]}</span>}
    </>
  );
}

const LINKS = {
  linked: "Linked",
  none: "No session was named",
  unknown: "The named session is not known",
  denied: "Without consent: scores only",
  unavailable: "The session did not answer at the submit",
} as const;

function SessionFacts({ lead }: { lead: LeadWhole }) {
  const { evidence, session_id, visitor_id } = lead;
  return (
    <Panel title="What its session knew">
      <Facts
        of={[
          [
            "Session",
            session_id ? (
              <Id key="s" id={session_id} link={href("session", session_id)} what="session id" />
            ) : (
              LINKS[evidence.link]
            ),
          ],
          ["Visitor", visitor_id ? <Id key="v" id={visitor_id} what="visitor id" /> : NOTHING],
          ["Verdict", <Verdict key="verdict" label={lead.label} />],
          ["Entry page", evidence.entry_page ? pagePath(evidence.entry_page) : NOTHING],
          ["Page of the submit", evidence.current_page ? pagePath(evidence.current_page) : NOTHING],
          ["On that page", duration(evidence.page_ms)],
          ["In the session", duration(evidence.session_ms)],
          ["Engaged", duration(evidence.engaged_ms)],
          ["Page views", count(evidence.page_views)],
          ["Referrer", evidence.referrer ?? NOTHING],
          ["Country", country(evidence.country)],
          ["Kind of network", evidence.asn_class ?? NOTHING],
          ...Object.entries(evidence.campaign ?? {}),
        ]}
      />
    </Panel>
  );
}

type Reason = LeadWhole["evidence"]["reasons"][number];

const REASONS: readonly Column<Reason>[] = [
  { title: "Score", cell: ({ score }) => SCORE_TITLES[score], text: ({ score }) => score },
  { title: "Rule", cell: ({ rule }) => <code>{rule}</code>, text: ({ rule }) => rule },
  { title: "Points", cell: ({ points }) => points, text: ({ points }) => points, isNumber: true },
  { title: "Evidence", cell: ({ evidence }) => evidence, text: ({ evidence }) => evidence, isWide: true },
];

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

function Acts({ lead }: { lead: LeadWhole }) {
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

interface WholeProps {
  lead: LeadWhole;
  reload: () => void;
  onErased: (receipt: Erasure) => void;
}

function Whole({ lead, reload, onErased }: WholeProps) {
  return (
    <>
      <header class="session-head">
        <h1>{lead.name ?? lead.email ?? lead.phone ?? "Lead"}</h1>
        <p class="head-line">
          <span class="badge">{lead.status}</span>
          <Id id={lead.lead_id} what="lead id" />
          <span>
            came in <Time at={lead.created_at} />
          </span>
          {lead.submissions > 1 && <span>{count(lead.submissions)} submits</span>}
          {lead.crm_id && (
            <span>
              in the CRM as <Id id={lead.crm_id} what="CRM id" />
            </span>
          )}
        </p>
      </header>
      <dl class="stats dense">
        {SCORE_NAMES.map((name) => (
          <div class="stat" key={name}>
            <dt>{SCORE_TITLES[name]}</dt>
            <dd>
              <Score name={name} value={lead.scores[name]} />
            </dd>
          </div>
        ))}
      </dl>
      <div class="columns">
        <ContactFacts lead={lead} />
        <SessionFacts lead={lead} />
      </div>
      <Panel title="Why these scores">
        <Table
          name="Reasons"
          columns={REASONS}
          rows={lead.evidence.reasons}
          id={({ rule }, index) => `${rule} ${index}`}
          empty={<Notice title="No rule had fired" />}
        />
      </Panel>
      <Acts lead={lead} />
      <Panel title="Submissions">
        <Table
          name="Submissions"
          columns={SUBMISSIONS}
          rows={lead.history}
          id={({ submission_id }) => submission_id}
          empty={<Notice title="No submission is kept" />}
        />
      </Panel>
      <Panel title="Deliveries">
        <DeliveryTable
          rows={lead.deliveries}
          ofOneLead
          onAgain={reload}
          empty={
            <Notice title="It was sent nowhere">
              The site has no webhook for leads: <a href={href("site", lead.site)}>settings of {lead.site}</a>.
            </Notice>
          }
        />
      </Panel>
      <Erase lead_id={lead.lead_id} onErased={onErased} />
    </>
  );
}

export default function LeadView() {
  const id = place.value.id ?? "";
  const [erased, setErased] = useState<{ id: string; receipt: Erasure } | null>(null);
  const path = `/analytics/leads/${encodeURIComponent(id)}`;
  const answer = useAnswer<One<LeadWhole>>(() => path, path, { every: LIVE_REFRESH_MS });
  const isUnknown = answer.data === null && answer.error?.status === 404;
  return (
    <>
      <p class="soft">
        <a href={href("leads")}>Leads</a>
      </p>
      {erased?.id === id ? (
        <Receipt receipt={erased.receipt} />
      ) : isUnknown ? (
        <Notice title="There is no such lead">It may have been erased.</Notice>
      ) : (
        <Shown of={answer}>
          {({ data }) => (
            <Whole lead={data} reload={answer.reload} onErased={(receipt) => setErased({ id, receipt })} />
          )}
        </Shown>
      )}
    </>
  );
}
