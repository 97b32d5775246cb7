import {
  FingerprintBody,
  FingerprintQuery,
  FingerprintsPage,
  FingerprintsQuery,
  IdentityBody,
} from "../../../core/api/identity";
import type { Operations } from "../operation";

const FINGERPRINT = "f-42";

export const identityOperations: Operations = {
  "GET /analytics/fingerprints": {
    summary: "Fingerprints of the sessions begun in the period, the one seen last first",
    description:
      "Counts are of the sessions in the period, and of the site if one is named. `known` is what has been counted of the fingerprint itself, on the site asked about or on all sites.",
    query: FingerprintsQuery,
    answer: FingerprintsPage,
    exported: true,
    keyed: true,
    problems: ["unavailable"],
    example: { query: { site: "default", limit: "10" } },
  },
  "GET /analytics/fingerprints/:id": {
    summary: "One fingerprint: its sessions, verdicts and places",
    query: FingerprintQuery,
    answer: FingerprintBody,
    keyed: true,
    problems: ["not_found", "unavailable"],
    example: { params: { id: FINGERPRINT } },
  },
  "GET /analytics/identity/:fingerprint_id": {
    summary: "The graph fingerprint, addresses, autonomous systems, countries",
    description:
      "Other fingerprints on the same addresses are in it too. A node's sessions are those of the fingerprint asked about; 0: a session passed through there. Addresses are as their site stores them.",
    query: FingerprintQuery,
    answer: IdentityBody,
    keyed: true,
    problems: ["not_found", "unavailable"],
    example: { params: { fingerprint_id: FINGERPRINT } },
  },
};
