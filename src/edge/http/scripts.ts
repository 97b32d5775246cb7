import actsMap from "../../../dist/browser/acts.js.map.txt";
import acts from "../../../dist/browser/acts.js.txt";
import consentMap from "../../../dist/browser/consent.js.map.txt";
import consent from "../../../dist/browser/consent.js.txt";
import domainMap from "../../../dist/browser/domain.js.map.txt";
import domain from "../../../dist/browser/domain.js.txt";
import fingerprintMap from "../../../dist/browser/fingerprint.js.map.txt";
import fingerprint from "../../../dist/browser/fingerprint.js.txt";
import formMap from "../../../dist/browser/form.js.map.txt";
import form from "../../../dist/browser/form.js.txt";
import leadMap from "../../../dist/browser/lead.js.map.txt";
import lead from "../../../dist/browser/lead.js.txt";
import manifestText from "../../../dist/browser/manifest.txt";
import pulseMap from "../../../dist/browser/pulse.js.map.txt";
import pulse from "../../../dist/browser/pulse.js.txt";
import recorderMap from "../../../dist/browser/recorder.js.map.txt";
import recorder from "../../../dist/browser/recorder.js.txt";
import trackerMap from "../../../dist/browser/tracker.js.map.txt";
import tracker from "../../../dist/browser/tracker.js.txt";
import vitalsMap from "../../../dist/browser/vitals.js.map.txt";
import vitals from "../../../dist/browser/vitals.js.txt";
import { neutralText } from "./neutral-names";

/** The browser scripts as the build made them: texts, source maps, and versions. */
const CODE: Readonly<Record<string, string>> = {
  "acts.js": acts,
  "fingerprint.js": fingerprint,
  "domain.js": domain,
  "vitals.js": vitals,
  "consent.js": consent,
  "form.js": form,
  "lead.js": lead,
  "pulse.js": pulse,
  "recorder.js": recorder,
  "tracker.js": tracker,
};
const MAPS: Readonly<Record<string, string>> = {
  "acts.js.map": actsMap,
  "fingerprint.js.map": fingerprintMap,
  "domain.js.map": domainMap,
  "vitals.js.map": vitalsMap,
  "consent.js.map": consentMap,
  "form.js.map": formMap,
  "lead.js.map": leadMap,
  "pulse.js.map": pulseMap,
  "recorder.js.map": recorderMap,
  "tracker.js.map": trackerMap,
};

interface ScriptFacts {
  /** Twelve hex digits of a hash: of the script's text, or of all lazy files together. */
  version: string;
  /** For a tag's `integrity`. */
  integrity: string;
}
const MANIFEST = JSON.parse(manifestText) as Readonly<Record<string, ScriptFacts & { neutral: ScriptFacts }>>;

/** Every script, by its usual name. */
export const SCRIPT_NAMES: readonly string[] = Object.keys(CODE);

/** A script's version and hash, in its usual or its neutral form; undefined if there is no such script. */
export function scriptFacts(name: string, isNeutral: boolean): ScriptFacts | undefined {
  const facts = Object.hasOwn(MANIFEST, name) ? MANIFEST[name] : undefined;
  return isNeutral ? facts?.neutral : facts;
}

/** The path of lazy files, usual and neutral. All lazy files have one version, so any of them tells it. */
const LAZY = [lazyPath(false), lazyPath(true)] as const;

function lazyPath(isNeutral: boolean): string {
  return `/v/${scriptFacts("acts.js", isNeutral)?.version}/`;
}

/** Neutral texts, made when they are first asked for: most servers have no prefix. */
const neutral = new Map<string, string>();

/** The text of a script; empty if there is no such script. */
export function scriptText(name: string, isNeutral: boolean): string {
  const code = Object.hasOwn(CODE, name) ? (CODE[name] ?? "") : "";
  if (!isNeutral) return code;
  const known = neutral.get(name) ?? neutralText(code, LAZY);
  neutral.set(name, known);
  return known;
}

/** A source map by its own name; undefined if there is none. */
export const mapText = (name: string): string | undefined => (Object.hasOwn(MAPS, name) ? MAPS[name] : undefined);
