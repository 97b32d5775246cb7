import { AuditPage, KeyBody, KeyInput, KeysPage, KeysQuery, NewKeyBody } from "../../../core/api/keys";
import type { Operations } from "../operation";

export const keyOperations: Operations = {
  "GET /analytics/keys": {
    summary: "API keys, newest first",
    query: KeysQuery,
    answer: KeysPage,
    keyed: true,
    example: { query: { limit: "10" } },
  },
  "POST /analytics/keys": {
    summary: "Make an API key; it is shown this once",
    body: KeyInput,
    answer: NewKeyBody,
    status: 201,
    keyed: true,
    example: { body: { name: "dashboard", scopes: ["read"], sites: ["default"] } },
  },
  "DELETE /analytics/keys/:key": {
    summary: "Revoke an API key",
    answer: KeyBody,
    keyed: true,
    problems: ["not_found"],
  },
  "GET /analytics/audit": {
    summary: "What was done with the scope admin, newest first",
    query: KeysQuery,
    answer: AuditPage,
    keyed: true,
    example: { query: { limit: "10" } },
  },
};
