import type { LeadWhole } from "../api/lead-types";
import { count, country, duration, NOTHING, pagePath } from "../format";
import { Copy, Id } from "../parts/copy";
import { type Fact, Facts, Panel } from "../parts/panel";
import { Verdict } from "../parts/score";
import { href } from "../place";

/** Who sent a lead, and what its session knew about them. */

const EMAIL_CLASSES = {
  relay: "relay",
  disposable: "disposable",
  free: "free provider",
  own: "own domain",
} as const;

export function ContactFacts({ lead }: { lead: LeadWhole }) {
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

export function LeadSessionFacts({ lead }: { lead: LeadWhole }) {
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
