import type { Options } from "./public";

/** Whether an option names the page's consent management, which then says what the visitor allows. */
export const isAsked = (options: Options): boolean => /consentM|tcf|gpp|banner/.test(`${Object.keys(options)}`);
