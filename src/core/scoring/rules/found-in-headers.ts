import { type Rule, saw } from "../rule";
import type { Scored } from "../scored";

type HeaderFinding = NonNullable<NonNullable<Scored["network"]>["headers"]>[number];

/** Fires where the look at the request's headers found `finding`. */
export const header = (finding: HeaderFinding, evidence: string): Rule["test"] => {
  const found = saw(evidence);
  return ({ network }) => (network?.headers?.includes(finding) ? found : null);
};

/** Source of the rules about what a browser always sends. */
export const RFC = "RFC 9110 and what browsers send";
