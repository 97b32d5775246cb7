import type { Options } from "./public";

/** Whether the page's own consent management says what the visitor allows: an option names it. */
export const isAsked = (options: Options): boolean => /consentM|tcf|gpp|banner/.test(`${Object.keys(options)}`);
