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

/** The browser scripts as the build left them: their text, their source maps, and the hashes they go by. */
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

interface Facts {
  /** Twelve hexadecimal digits of a hash: of the text, or of all that are loaded later together. */
  version: string;
  /** For a tag's `integrity`. */
  integrity: string;
}
const MANIFEST = JSON.parse(manifestText) as Readonly<Record<string, Facts & { neutral: Facts }>>;

/** Every script, by its usual name. */
export const SCRIPT_NAMES: readonly string[] = Object.keys(CODE);

/** The script's version and hash, as it is or as it goes below a prefix; undefined where there is no such script. */
export function scriptFacts(name: string, isNeutral: boolean): Facts | undefined {
  const facts = Object.hasOwn(MANIFEST, name) ? MANIFEST[name] : undefined;
  return isNeutral ? facts?.neutral : facts;
}

/** The version that a script of this build asks for what it loads later, and that of the same below a prefix. */
const LAZY = [false, true].map((isNeutral) => `/v/${scriptFacts("acts.js", isNeutral)?.version}/`) as [string, string];

/** Made when they are first asked for: most servers have no prefix. */
const neutral = new Map<string, string>();

/** The text of a script; empty where there is none by this name. */
export function scriptText(name: string, isNeutral: boolean): string {
  const code = Object.hasOwn(CODE, name) ? (CODE[name] ?? "") : "";
  if (!isNeutral) return code;
  const known = neutral.get(name) ?? neutralText(code, LAZY);
  neutral.set(name, known);
  return known;
}

/** A script's source map, by the map's name; undefined where there is none. */
export const mapText = (name: string): string | undefined => (Object.hasOwn(MAPS, name) ? MAPS[name] : undefined);
