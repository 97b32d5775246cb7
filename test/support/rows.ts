import { env } from "cloudflare:workers";
import type { Agent } from "../../src/core/network/agent";
import type { DeviceClass } from "../../src/core/network/device";
import { visitorBy } from "../../src/core/network/visitor";
import type { Firing } from "../../src/core/scoring/ledger";
import { newState } from "../../src/core/session/fold/state";
import { newHead } from "../../src/core/session/head";
import { newProgress } from "../../src/core/session/progress";
import { summary } from "../../src/core/session/view";
import { pageName } from "../../src/core/sources/page";
import { sourceOf } from "../../src/core/sources/source";
import { writeDetail } from "../../src/data/store/session-row/write";
import { NO_AGENT, NOWHERE } from "./log";

/** Session rows written straight into D1, for tests of what is read from there. */

export interface MadeSession {
  session_id: string;
  site: string;
  visitor_id: string | null;
  started_at: number;
  last_event_at: number;
  country: string | null;
  label: string | null;
  engagement: number | null;
  bot: number | null;
  vpn: number | null;
  risk: number | null;
  entry_page: string;
  referrer: string | null;
  device_class: string;
  engaged_ms: number;
  scroll_percent: number;
  /** Page views by page. */
  views: Record<string, number>;
  counts: Record<string, number>;
  missing: number;
  region: string | null;
  browser: string | null;
  os: string | null;
  /** The bot its agent names, and what the edge says of it. */
  bot_name: string | null;
  bot_kind: string | null;
  verified_bot: string | null;
  /** Rules of the bot score in its ledger, of which those named `quiet` give no points. */
  rules: string[];
}

export interface MadeLead {
  lead_id: string;
  site: string;
  created_at: number;
  session_id: string | null;
  label: string | null;
}

const sum = (values: Record<string, number>): number => Object.values(values).reduce((total, n) => total + n, 0);

export const eventsOf = ({ counts }: MadeSession): number => sum(counts);
export const pageViewsOf = ({ views }: MadeSession): number => sum(views);

/**
 * Every other row has the form from before `writeDetail`, by the parity of its id's last digit, because readers take both forms.
 */
export const isOld = ({ session_id }: MadeSession): boolean => Number.parseInt(session_id.slice(-1), 16) % 2 === 0;

function rowOf(session: MadeSession) {
  const { entry_page, referrer, device_class, engaged_ms, scroll_percent, counts, missing, ...other } = session;
  const { region, browser, os, bot_name, bot_kind, verified_bot, rules, ...row } = other;
  const agent = { ...NO_AGENT, browser, os, bot: bot_name, bot_kind } as Agent;
  const network = { ...NOWHERE, region, verified_bot, agent };
  const events = eventsOf(session);
  const views = { [pageName(entry_page)]: 0, ...session.views };
  const stream = { received: events, expected: events + missing, missing, rejected: 0, gone: 0 };
  const streams = [{ stream: "s1", through: events + missing, ...stream }];
  const ledger = rules.map((rule) => ({ rule, score: "bot", points: rule === "quiet" ? 0 : 30 }) as Firing);
  const detail = {
    entry_page,
    referrer,
    ...sourceOf(entry_page, referrer),
    engaged_ms,
    scroll_percent,
    device_class: device_class as DeviceClass,
    page_views: pageViewsOf(session),
    views,
    counts,
    ledger,
    network,
    ...visitorBy(network),
    completeness: { ...stream, implausible: 0, streams },
  };
  const whole = { ...summary(newHead(row.session_id, row.site, 0), newState(0), newProgress(0)), ...detail };
  const written = writeDetail(whole, { ...row, last_seq: 1 });
  const { views: _, ...columns } = row;
  const { channel, medium, term, content, ...old } = detail;
  return { ...columns, events, last_seq: 1, detail: isOld(session) ? JSON.stringify(old) : written };
}

/** Writes sessions, over those that are there. */
export async function putSessions(sessions: readonly MadeSession[]): Promise<void> {
  for (let i = 0; i < sessions.length; i += 500) {
    await env.DB.prepare(
      `INSERT INTO sessions (session_id, site, visitor_id, started_at, last_event_at, country, label, engagement, bot, vpn,
         risk, events, last_seq, detail)
       SELECT value ->> 'session_id', value ->> 'site', value ->> 'visitor_id', value ->> 'started_at',
         value ->> 'last_event_at', value ->> 'country', value ->> 'label', value ->> 'engagement', value ->> 'bot',
         value ->> 'vpn', value ->> 'risk', value ->> 'events', value ->> 'last_seq', value ->> 'detail'
       FROM json_each(?) WHERE TRUE
       ON CONFLICT (session_id) DO UPDATE SET label = excluded.label, visitor_id = excluded.visitor_id,
         events = excluded.events, last_event_at = excluded.last_event_at, detail = excluded.detail`,
    )
      .bind(JSON.stringify(sessions.slice(i, i + 500).map(rowOf)))
      .run();
  }
}

/** Writes conversions of leads, over those that are there: aggregates read nothing else of leads. */
export async function putLeads(leads: readonly MadeLead[]): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO lead_conversions (at, submission_id, site, session_id, label)
     SELECT value ->> 'created_at', value ->> 'lead_id', value ->> 'site', value ->> 'session_id', value ->> 'label'
     FROM json_each(?) WHERE TRUE
     ON CONFLICT (at, submission_id) DO UPDATE SET session_id = excluded.session_id, label = excluded.label`,
  )
    .bind(JSON.stringify(leads))
    .run();
}
