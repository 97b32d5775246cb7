import type { Consent, TrailingSlash } from "../../../protocol/values";
import type { Streams } from "../../delivery/streams";
import { newJudgement } from "../../scoring/ledger";
import type { Scored } from "../../scoring/scored";
import { newBehaviour } from "../../signals/behaviour";
import { type Cadence, newCadence } from "../../signals/cadence";
import { newVelocity } from "../../signals/velocity";
import { type Fields, formReader, isFields, isFlag, isList, isNumber, isText, orNull, readText } from "../../stored";
import type { EndEntry } from "../entry";
import { type Attention, newAttention } from "./attention";
import { type Journey, newJourney } from "./journey";
import type { OpenForm, SentForm } from "./open-form";
import type { Views } from "./views";

/** Version of `SessionState` as stored in snapshots. Raise it with every change of shape, and add a migration. */
const STATE_VERSION = 3;

/**
 * What a session's journal folds to. Plain JSON, so that a snapshot reads back the same: no undefined, Map, NaN or -0.
 */
export interface SessionState extends Scored {
  v: number;
  /** Time of the latest act; null before any. Events after the end are no acts. */
  last_event_at: number | null;
  /** Newest receive time of anything, for the idle limit. */
  last_received_at: number;
  ended_at: number | null;
  end_reason: EndEntry["reason"] | null;
  /** When the end was taken, by the actor's clock: the stay after the end is counted from here. */
  end_taken_at: number | null;
  consent: Consent;
  rules_version: number;
  entry_page: string;
  exit_page: string | null;
  current_page: string | null;
  referrer: string | null;
  network_changes: number;
  /** Events stored, late ones included. R2 must hold them all, D1 all but the `shed` ones, and none with `events_in`. */
  events: number;
  late: number;
  /** Events that only R2 holds. */
  shed: number;
  /** Refused events of batches without numbers; numbered ones are counted in their stream. */
  unnumbered_rejected: number;
  /** Events by type, late ones left out; past 64 custom types the rest is `other`. */
  counts: Record<string, number>;
  page_views: number;
  /** Distinct pages seen, the first 100. */
  pages: string[];
  /** How the site named its pages when the session began. */
  trailing_slash: TrailingSlash;
  /** Only the archive has the session's events; absent where D1 has rows of them. */
  events_in?: "archive";
  /** Page views by page, the entry page among them even if it was never viewed. */
  views: Views;
  attention: Attention;
  /** Whether the page of the newest act was in view then. */
  visible: boolean;
  cadence: Cadence;
  streams: Streams;
  /** Forms that were begun and not submitted; the one touched last is at the end. */
  forms: OpenForm[];
  /** Forms that were sent; the newest is at the end. */
  sent_forms: SentForm[];
  /** The way to a form, which a lead shows. */
  journey: Journey;
}

export const newState = (seq: number): SessionState => ({
  v: STATE_VERSION,
  seq,
  started_at: 0,
  first_event_at: null,
  last_event_at: null,
  last_received_at: 0,
  ended_at: null,
  end_reason: null,
  end_taken_at: null,
  consent: "granted",
  rules_version: 0,
  entry_page: "",
  exit_page: null,
  current_page: null,
  referrer: null,
  device: null,
  screen: null,
  signals: null,
  network: null,
  network_changes: 0,
  travel: { addresses: 0, networks: 0, countries: 0 },
  agent: null,
  identity: null,
  lead: null,
  events: 0,
  late: 0,
  shed: 0,
  unnumbered_rejected: 0,
  counts: {},
  page_views: 0,
  pages: [],
  trailing_slash: "keep",
  views: {},
  scroll_percent: 0,
  engaged_ms: 0,
  attention: newAttention(),
  visible: true,
  velocity: newVelocity(),
  velocity_by_type: {},
  cadence: newCadence(),
  streams: {},
  forms: [],
  sent_forms: [],
  behaviour: newBehaviour(),
  journey: newJourney(),
  judgement: newJudgement(),
});

export const writeSnapshot = (state: SessionState): string => JSON.stringify(state);

const readState = formReader<SessionState>({
  name: "session snapshot",
  version: STATE_VERSION,
  shape: {
    seq: isNumber,
    started_at: isNumber,
    last_event_at: orNull(isNumber),
    last_received_at: isNumber,
    ended_at: orNull(isNumber),
    end_taken_at: orNull(isNumber),
    consent: isText,
    rules_version: isNumber,
    entry_page: isText,
    travel: isFields,
    events: isNumber,
    counts: isFields,
    pages: isList,
    views: isFields,
    attention: isFields,
    visible: isFlag,
    velocity: isFields,
    velocity_by_type: isFields,
    cadence: isFields,
    streams: isFields,
    forms: isList,
    sent_forms: isList,
    behaviour: isFields,
    journey: isFields,
    judgement: isFields,
  },
  migrations: { 2: withAttention },
});

export const readSnapshot = (text: string): SessionState => readText(readState, text);

/** Version 2 kept a clock instead of spans of attention, no time of a stream's lowest gap, and fewer counts. */
function withAttention({ clock: _, ...old }: Fields): Fields {
  const { engaged_ms, last_event_at, streams } = old;
  return {
    ...newState(0),
    ...old,
    streams: isFields(streams) ? Object.fromEntries(Object.entries(streams).map(withGapTime)) : streams,
    // What was attended until then stays as a sum; spans are counted from there on.
    attention: { ...newAttention(), earlier_ms: engaged_ms, earlier_to: last_event_at ?? 0 },
  };
}

const withGapTime = ([name, stream]: [string, unknown]): [string, unknown] => [
  name,
  isFields(stream) ? { ...stream, gap_at: 0 } : stream,
];
