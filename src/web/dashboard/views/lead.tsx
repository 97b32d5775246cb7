import { useState } from "preact/hooks";
import { useAnswer } from "../api/answer";
import type { LeadWhole } from "../api/lead-types";
import type { Erasure, One } from "../api/types";
import { count } from "../format";
import { DeliveryTable } from "../leads/delivery-table";
import { Erase, Receipt } from "../leads/erase";
import { ContactFacts, LeadSessionFacts } from "../leads/facts";
import { Acts, Reasons, Submissions } from "../leads/history";
import { LIVE_REFRESH_MS } from "../limits";
import { Id } from "../parts/copy";
import { Panel } from "../parts/panel";
import { SCORE_NAMES, SCORE_TITLES, Score } from "../parts/score";
import { Notice, Shown } from "../parts/states";
import { Time } from "../parts/time";
import { href, place } from "../place";

interface LeadProps {
  lead: LeadWhole;
  reload: () => void;
  onErased: (receipt: Erasure) => void;
}

function Lead({ lead, reload, onErased }: LeadProps) {
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
        <LeadSessionFacts lead={lead} />
      </div>
      <Reasons lead={lead} />
      <Acts lead={lead} />
      <Submissions lead={lead} />
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
          {({ data }) => <Lead lead={data} reload={answer.reload} onErased={(receipt) => setErased({ id, receipt })} />}
        </Shown>
      )}
    </>
  );
}
