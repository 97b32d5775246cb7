import type { Consent } from "../../../../protocol/values";
import { strictest } from "./strictest";
import { purposesIn } from "./tcf";

/**
 * The IAB's GPP 1.1: a section for each law. Only sections that apply to the visitor count.
 * https://github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform
 */
export interface PingData {
  /** `ready` once the sections hold what the visitor wants. */
  signalStatus?: string;
  /** Numbers of the sections that apply: [-1] if none does, 0 while that is not known. */
  applicableSections?: number[];
  /** A section's fields, or a list of its parts, by the section's name. */
  parsedSections?: Record<string, unknown>;
}

const TCF_EU = 2;
const US_PRIVACY = 6;
/** From this number on: the sections of the United States, the national one and those of states. */
const US_FIRST = 7;

/** Fields for an opt-out. 1: opted out. 2: not opted out. 0: not asked for. */
const OPT_OUTS = ["SaleOptOut", "SharingOptOut", "TargetedAdvertisingOptOut"];

const fieldsOf = (section: unknown): Record<string, unknown> => Object.assign({}, ...[section].flat());

/** Whether a section of the United States has an opt-out: by the visitor's choice, or by their browser's signal (`Gpc`). */
const isOptedOut = (fields: Record<string, unknown>): boolean =>
  OPT_OUTS.some((name) => fields[name] === 1) || fields["Gpc"] === true || fields["Gpc"] === 1;

/** The consent of a TCF section. Its consents are a list of purpose numbers, or of booleans in the order of the purposes. */
function purposesState(fields: Record<string, unknown>): Consent {
  const consents = fields["PurposeConsents"] ?? fields["PurposeConsent"];
  if (!Array.isArray(consents)) return "pending";
  const isGiven = (id: number): boolean => consents.includes(id) || consents[id - 1] === true;
  return purposesIn("").every((id) => isGiven(Number(id))) ? "granted" : "denied";
}

/** The consent of the United States' first string, such as `1YNN`, or of an object with its letters by name. */
function privacyState(section: unknown): Consent {
  const optOut = typeof section === "string" ? section[2] : fieldsOf(section)["OptOutSale"];
  return optOut === undefined ? "pending" : optOut === "Y" ? "denied" : "granted";
}

function statesState(sections: Record<string, unknown>): Consent {
  // Select sections by name, not by number, because each year another state gets one. An opt-out in any of them counts.
  const those = Object.entries(sections).filter(([name]) => /^us(?!pv)/.test(name));
  return strictest(those.map(([, section]) => (isOptedOut(fieldsOf(section)) ? "denied" : "granted")));
}

function sectionState(id: number, sections: Record<string, unknown>): Consent {
  if (id === -1) return "granted";
  if (id === TCF_EU) return purposesState(fieldsOf(sections["tcfeuv2"]));
  if (id === US_PRIVACY) return privacyState(sections["uspv1"]);
  // A section of any other law is not read, so it counts as pending.
  return id >= US_FIRST ? statesState(sections) : "pending";
}

/** The strictest consent of the sections that apply. Pending until they are ready. */
export function gppState({ signalStatus, applicableSections = [], parsedSections = {} }: PingData): Consent {
  if (signalStatus !== "ready") return "pending";
  return strictest(applicableSections.map((id) => sectionState(id, parsedSections)));
}
