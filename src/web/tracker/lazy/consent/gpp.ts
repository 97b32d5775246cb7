import type { Consent } from "../../../../protocol/fields";
import { strictest } from "./strictest";
import { purposesIn } from "./tcf";

/**
 * The IAB's GPP 1.1: sections of laws, of which those that apply to the visitor count.
 * https://github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform
 */
export interface PingData {
  /** `ready` once the sections hold what the visitor wants. */
  signalStatus?: string;
  /** Numbers of sections; [-1] where none applies, 0 where that is not known yet. */
  applicableSections?: number[];
  /** By a section's name its fields, or a list of its parts. */
  parsedSections?: Record<string, unknown>;
}

const TCF_EU = 2;
const US_PRIVACY = 6;
/** The United States' own sections, from here on: the national one, and those of states. */
const US_FIRST = 7;

/** What a section says of an opt-out: 1 is one, 2 is none, 0 is that it was not asked for. */
const OPT_OUTS = ["SaleOptOut", "SharingOptOut", "TargetedAdvertisingOptOut"];

const fieldsOf = (section: unknown): Record<string, unknown> => Object.assign({}, ...[section].flat());

/** Whether an opt-out stands in a section of the United States: by the visitor's choice, or by their browser's signal. */
const isOptedOut = (fields: Record<string, unknown>): boolean =>
  OPT_OUTS.some((name) => fields[name] === 1) || fields["Gpc"] === true || fields["Gpc"] === 1;

/** Consents by purpose: a list of their numbers, or of yes and no in the order of the purposes. */
function purposesState(fields: Record<string, unknown>): Consent {
  const consents = fields["PurposeConsents"] ?? fields["PurposeConsent"];
  if (!Array.isArray(consents)) return "pending";
  const isGiven = (id: number): boolean => consents.includes(id) || consents[id - 1] === true;
  return purposesIn("").every((id) => isGiven(Number(id))) ? "granted" : "denied";
}

/** The United States' first string: `1YNN`, or its letters by name. */
function privacyState(section: unknown): Consent {
  const optOut = typeof section === "string" ? section[2] : fieldsOf(section)["OptOutSale"];
  return optOut === undefined ? "pending" : optOut === "Y" ? "denied" : "granted";
}

function statesState(sections: Record<string, unknown>): Consent {
  // By their names, not their numbers: there is another state each year, and an opt-out in any of them is one.
  const those = Object.entries(sections).filter(([name]) => /^us(?!pv)/.test(name));
  return strictest(those.map(([, section]) => (isOptedOut(fieldsOf(section)) ? "denied" : "granted")));
}

function sectionState(id: number, sections: Record<string, unknown>): Consent {
  if (id === -1) return "granted";
  if (id === TCF_EU) return purposesState(fieldsOf(sections["tcfeuv2"]));
  if (id === US_PRIVACY) return privacyState(sections["uspv1"]);
  // Of another law nothing is read, and it has said nothing.
  return id >= US_FIRST ? statesState(sections) : "pending";
}

/** What it comes to. */
export function gppState({ signalStatus, applicableSections = [], parsedSections = {} }: PingData): Consent {
  if (signalStatus !== "ready") return "pending";
  return strictest(applicableSections.map((id) => sectionState(id, parsedSections)));
}
