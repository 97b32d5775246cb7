import { cleanText } from "../../../protocol/text";
import type { Evidence, SessionLink } from "../../leads/lead";
import type { LeadFacts } from "../../scoring/context";
import { judge, open } from "../../scoring/judge";
import { RULES_VERSION, ruleSet } from "../../scoring/ruleset";
import { Topic } from "../../signals/topic";
import { isClickId } from "../../sources/clicks";
import { cutText } from "../../sources/names";
import type { KeptAct } from "./journey";
import { EVIDENCE_PAGES } from "./limits";
import { newState, type SessionState } from "./state";

/** How many reasons are shown for each score. */
export const EVIDENCE_REASONS = 20;

/** Evidence for a lead without a session; `link` says why there is none. The rules judge its risk by the submit alone. */
export function noEvidence(
  link: SessionLink,
  country: string | null,
  submit: Pick<LeadFacts, "honeypot" | "disposable_email">,
): Evidence {
  const state = newState(0);
  open(state);
  state.lead = { ...submit, no_session: true, submit_ms: null };
  judge(state, Topic.lead, ruleSet(RULES_VERSION), 0);
  return {
    link,
    session_id: null,
    seq: null,
    label: null,
    scores: { engagement: null, bot: null, vpn: null, risk: state.judgement.scores.risk },
    reasons: reasonsOf(state).filter(({ score }) => score === "risk"),
    entry_page: null,
    current_page: null,
    pages: [],
    page_views: 0,
    acts: [],
    page_ms: null,
    session_ms: null,
    engaged_ms: null,
    referrer: null,
    campaign: {},
    country,
    asn_class: null,
  };
}

/** Pure: what a session's state says at `now`, as it is kept with a lead. */
export function freeze(session_id: string, state: SessionState, now: number): Evidence {
  const { judgement, journey } = state;
  const isNamed = state.consent === "granted";
  return {
    link: isNamed ? "linked" : "denied",
    session_id: isNamed ? session_id : null,
    seq: isNamed ? state.seq : null,
    label: judgement.label,
    scores: { ...judgement.scores },
    reasons: reasonsOf(state),
    entry_page: state.entry_page,
    current_page: state.current_page ?? state.entry_page,
    pages: state.pages.slice(-EVIDENCE_PAGES),
    page_views: state.page_views,
    acts: journey.acts.map(shownAct),
    page_ms: Math.max(0, now - (journey.page_at ?? state.started_at)),
    session_ms: Math.max(0, now - state.started_at),
    engaged_ms: state.engaged_ms,
    referrer: state.referrer,
    campaign: campaignOf(state.entry_page),
    country: state.network?.country ?? null,
    asn_class: state.network?.asn_class ?? null,
  };
}

function shownAct([at, type, page, element, name]: KeptAct): Evidence["acts"][number] {
  const act: Evidence["acts"][number] = { at, type, page, element };
  if (name !== undefined) act.name = name;
  return act;
}

/** The heaviest reasons of each score. */
function reasonsOf({ judgement }: SessionState): Evidence["reasons"] {
  const counts: Record<string, number> = {};
  const byWeight = judgement.ledger.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points));
  return byWeight
    .filter(({ points }) => points !== 0)
    .flatMap(({ rule, score, points, evidence }) => {
      counts[score] = (counts[score] ?? 0) + 1;
      return (counts[score] ?? 0) > EVIDENCE_REASONS ? [] : [{ rule, score, points, evidence }];
    });
}

const UTM = /^utm_[a-z_]{1,32}$/;
const MAX_CAMPAIGN_VALUES = 16;
const MAX_CAMPAIGN_POINTS = 256;

/** The campaign parameters of a page's address. */
export function campaignOf(page: string): Record<string, string> {
  if (!URL.canParse(page)) return {};
  const found = [...new URL(page).searchParams].filter(([name]) => UTM.test(name) || isClickId(name));
  const kept = found.slice(0, MAX_CAMPAIGN_VALUES);
  return Object.fromEntries(kept.map(([name, value]) => [name, cutText(cleanText(value), MAX_CAMPAIGN_POINTS)]));
}
