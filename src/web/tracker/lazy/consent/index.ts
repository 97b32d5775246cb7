/** consent.js: reads what the visitor allows from the page's own consent management. Loaded only if an option asks for it. */
import type { Consent } from "../../../../protocol/values";
import type { Options } from "../../public";
import { safe } from "../../safe";
import { bannerSource } from "./banner-source";
import { dataLayer } from "./data-layer";
import { gppSource } from "./gpp-source";
import type { Source } from "./source";
import { strictest } from "./strictest";
import { tcfSource } from "./tcf-source";

const isOn = (option: string | undefined): option is string => option !== undefined && option !== "false";

function sourcesOf({ consentMode, tcf, gpp, banner }: Options): Source[] {
  return [
    ...(isOn(consentMode) ? [dataLayer(consentMode)] : []),
    ...(isOn(tcf) ? [tcfSource(tcf)] : []),
    ...(isOn(gpp) ? [gppSource] : []),
    ...(isOn(banner) ? [bannerSource(banner)] : []),
  ];
}

/** Passes on the strictest consent of the sources that `options` name. If all are switched off, passes on the tag's `consent`. */
export function start(options: Options, consent: (state: Consent | undefined) => void): void {
  const sources = sourcesOf(options);
  if (!sources[0]) consent(options.consent);
  const states: Consent[] = sources.map(() => "pending");
  let last: Consent = "pending";
  for (const [i, source] of sources.entries()) {
    const tell = safe((state: Consent) => {
      states[i] = state;
      const next = strictest(states);
      if (next === last) return;
      last = next;
      consent(next);
    });
    safe(source)(window, tell);
  }
}
