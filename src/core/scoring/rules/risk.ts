import { type Rule, saw } from "../rule";
import type { Scored } from "../scored";

/** Risk: is this lead a fraud? Every rule is convicting, so each counts by itself. */

const risk = {
  version: 1,
  score: "risk",
  class: "convicting",
  source: "The fraud weights this project set out with",
} as const;

/** Shortest time from a page's opening to a submit, ms; null before any submit. */
function submitMs({ behaviour, lead }: Scored): number | null {
  const times = [behaviour.submit_ms, lead?.submit_ms ?? null].filter((ms) => ms !== null);
  return times.length > 0 ? Math.min(...times) : null;
}

const within =
  (from: number, below: number): Rule["test"] =>
  (state) => {
    const ms = submitMs(state);
    return ms !== null && ms >= from && ms < below
      ? saw(`submitted ${(ms / 1_000).toFixed(1)} s after the page opened`)
      : null;
  };

/** The most forms that this fingerprint or this address has sent in 24 h. */
const formsOf = ({ identity }: Scored): number =>
  Math.max(identity?.fingerprint?.forms ?? 0, identity?.address?.forms ?? 0);

const forms =
  (from: number, below: number): Rule["test"] =>
  (state) => {
    const n = formsOf(state);
    return n >= from && n < below ? saw(`${n} forms in 24 h from this fingerprint or address`) : null;
  };

const hasSubmitted = ({ behaviour, lead }: Scored): boolean => behaviour.submits > 0 || lead !== null;

export const RISK_RULES: readonly Rule[] = [
  {
    ...risk,
    id: "risk.honeypot",
    points: 40,
    watch: ["lead"],
    test: ({ lead }) => (lead?.honeypot ? saw("the field that people do not see was filled in") : null),
    about: "The hidden field of the form was filled in.",
    example: "a script that fills every field",
  },
  {
    ...risk,
    id: "risk.submit_at_once",
    points: 30,
    watch: ["lead"],
    test: within(0, 5_000),
    about: "Submitted less than 5 s after the page opened.",
    example: "2.1 s",
  },
  {
    ...risk,
    id: "risk.submit_soon",
    points: 10,
    watch: ["lead"],
    test: within(5_000, 10_000),
    about: "Submitted 5 to 10 s after the page opened.",
    example: "7 s",
  },
  {
    ...risk,
    id: "risk.no_session",
    points: 15,
    watch: ["lead"],
    test: ({ lead }) => (lead?.no_session ? saw("the lead came with no session") : null),
    about: "A lead that no session stands behind.",
    example: "a POST from a script",
  },
  {
    ...risk,
    id: "risk.no_engagement",
    points: 10,
    watch: ["lead", "scores"],
    // A lead without a session has no known engagement; `risk.no_session` is for those.
    test: (state) =>
      hasSubmitted(state) && !state.lead?.no_session && (state.judgement.scores.engagement ?? 0) === 0
        ? saw("submitted with an engagement of 0")
        : null,
    about: "Something was submitted, and the engagement is zero.",
    example: "a form posted without a scroll or a click",
  },
  {
    ...risk,
    id: "risk.vpn",
    points: 15,
    watch: ["scores"],
    test: ({ judgement: { scores } }) => ((scores.vpn ?? 0) > 50 ? saw(`the VPN score is ${scores.vpn}`) : null),
    about: "The VPN score is over 50.",
    example: "Tor",
  },
  {
    ...risk,
    id: "risk.vpn_possible",
    points: 5,
    watch: ["scores"],
    test: ({ judgement: { scores } }) =>
      (scores.vpn ?? 0) > 20 && (scores.vpn ?? 0) <= 50 ? saw(`the VPN score is ${scores.vpn}`) : null,
    about: "The VPN score is over 20, and at most 50.",
    example: "a browser whose clock is hours from its address's",
  },
  {
    ...risk,
    id: "risk.many_forms",
    points: 20,
    watch: ["identity"],
    test: forms(6, Number.POSITIVE_INFINITY),
    about: "Six forms or more in 24 h from one fingerprint or address.",
    example: "form spam",
  },
  {
    ...risk,
    id: "risk.several_forms",
    points: 10,
    watch: ["identity"],
    test: forms(3, 6),
    about: "Three to five forms in 24 h from one fingerprint or address.",
    example: "the same offer asked for again and again",
  },
  {
    ...risk,
    id: "risk.disposable_email",
    points: 15,
    watch: ["lead"],
    test: ({ lead }) => (lead?.disposable_email ? saw("the e-mail address is of a throw-away domain") : null),
    about: "An e-mail address of a domain that hands out addresses to throw away.",
    example: "someone@mailinator.com",
  },
  {
    ...risk,
    id: "risk.bot",
    points: 25,
    watch: ["scores"],
    test: ({ judgement: { label } }) => (label === "bot" ? saw("the verdict is bot") : null),
    about: "The verdict is bot.",
    example: "a headless browser",
  },
];
