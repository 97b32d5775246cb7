import type { IdentityKind } from "./record";

/** One object for each fingerprint and each address, whatever the site: their rows and keys name no site either. */
export const identityName = (kind: IdentityKind, value: string): string => `${kind}:${value}`;
