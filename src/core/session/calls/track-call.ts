import type { Batch, EndPart, StartInput } from "../../../protocol/track";
import type { Consent, TrailingSlash } from "../../../protocol/values";
import type { CallBudget } from "../../budget/spending";
import type { ClientNetwork } from "../../network/classes";
import type { RecordRule } from "../../recording/rule";
import type { LeadFacts } from "../../scoring/context";
import { formReader, isFields, isFlag, isList, isText, orAbsent, orNull, shaped } from "../../stored";
import type { LeadEntry } from "../entry";

/** One call on a session, whatever transport brought it. `v`: the Worker and the actor may be of two deploys. */
export interface TrackCall {
  v: 1;
  session_id: string;
  site: string;
  /** `Sec-GPC: 1`: consent is denied, whatever the page says. */
  gpc: boolean;
  default_consent: Consent;
  /** What the reply may say of the session's scores. */
  expose?: readonly "engagement"[];
  /** Which sessions the site records; absent where it records none. */
  record?: RecordRule | null;
  /** Whether the site takes `/a/` and `/a` for one page; absent for the usual setting, `keep`. */
  trailing_slash?: TrailingSlash;
  /** The name under which the site shares identities with others; absent where it counts by itself. */
  identity_group?: string;
  /** Absent where the database has a row of each event. */
  events_in?: "archive";
  /** Absent where KV gets all counters of the session. */
  kv?: "notable";
  /** Absent where limits are lifted. */
  budget?: CallBudget;
  /** Custom types for which the site has no room: their events go to the archive only. */
  archive_only?: readonly string[];
  network: ClientNetwork;
  /** SHA-256 of the session key that came with the call, hex. */
  key_hash: string | null;
  /** A stable name for the device's description, from the start's device fields. */
  device_id: string | null;
  /** The visitor id that the start's secret makes; absent where it brought none. The secret itself is not here. */
  proven_visitor?: string;
  start: StartInput | null;
  batch: Batch | null;
  end: EndPart | null;
  /** A lead submitted on this session's page. */
  lead?: LeadSubmit | null;
}

/** What a session hears of a submit: a token to recognise a retry by, and what the rules need. Nothing in it names anyone. */
export type LeadSubmit = Pick<LeadEntry, "submission"> & Pick<LeadFacts, "honeypot" | "disposable_email">;

/** A few fields of each call: the Worker has checked the rest, and this runs for every batch. */
export const readTrackCall = formReader<TrackCall>({
  name: "track call",
  version: 1,
  shape: {
    session_id: isText,
    site: isText,
    gpc: isFlag,
    default_consent: isText,
    network: isFields,
    key_hash: orNull(isText),
    start: orNull(isFields),
    batch: orNull(shaped<Batch>({ events: isList, rejected: isList })),
    end: orNull(isFields),
    lead: orAbsent(orNull(isFields)),
  },
});
