import { ErasureBody, ErasureQuery, PeopleBody, PeopleQuery, PersonBody, PersonQuery } from "../../../core/api/erasure";
import { LogsQuery } from "../../../core/api/logs";
import { RealtimeBody, RealtimeQuery, RealtimeStreamQuery } from "../../../core/api/realtime";
import { RebuildBody, RebuildInput } from "../../../core/api/rebuild";
import { StorageBody, StorageQuery } from "../../../core/api/storage";
import type { Operations } from "../operation";

export const operatorOperations: Operations = {
  "GET /analytics/realtime": {
    summary: "Who is on a site now",
    description:
      "Counts visitors, not sessions, and no bots unless asked. A session without consent names no visitor: each counts as " +
      "one. Who was not heard of for 55 s is gone, and so is a session that its visitor left for a newer one. The counts are " +
      "of all, `sessions` are the latest.",
    query: RealtimeQuery,
    answer: RealtimeBody,
    keyed: true,
    problems: ["unavailable"],
    example: { query: { site: "default", limit: "10" } },
  },
  "GET /analytics/realtime/stream": {
    summary: "Follow a site by WebSocket",
    description:
      'First `{ t: "realtime", data: { …, sessions } }`, then `{ t: "update", data: { …, changed, left } }`, both with the counts ' +
      "of `GET /analytics/realtime`, and with `bots` beside them.",
    query: RealtimeStreamQuery,
    status: 101,
    keyed: true,
    problems: ["ticket_invalid", "upgrade_required", "unavailable"],
    example: { query: { site: "default" } },
  },
  "DELETE /analytics/visitors/:id": {
    summary: "Erase a visitor everywhere",
    description:
      "200 when it is done; 202 while it goes on by itself: ask for the receipt. 404 for a visitor that nothing knows. " +
      "Of an id that is a UUID of version 8, what has not shown the secret of it stays: a session names nobody any more, and a " +
      "lead keeps what was typed and claims the visitor no more. Erase such a lead by email or phone (`/analytics/people`).",
    query: ErasureQuery,
    answer: ErasureBody,
    keyed: true,
    problems: ["not_found", "unavailable"],
  },
  "GET /analytics/people": {
    summary: "A person's own data by email or phone: their leads with every submit",
    description: "For whoever has no visitor id. Visits are under the visitor id that a lead names.",
    query: PeopleQuery,
    answer: PeopleBody,
    keyed: true,
    problems: ["not_found", "unavailable"],
    example: { query: { email: "anna@shop.example" } },
  },
  "DELETE /analytics/people": {
    summary: "Erase a person's leads by email or phone",
    description: "200 when it is done; 202 while it goes on by itself: ask for the receipt. 404 where no lead has it.",
    query: PeopleQuery,
    answer: ErasureBody,
    keyed: true,
    problems: ["not_found", "unavailable"],
  },
  "GET /analytics/visitors/:id/export": {
    summary: "A visitor's own data, everything there is of them",
    description:
      "Apart, under `unproven`, is what names them without having shown that it is them: anybody can send that.",
    query: PersonQuery,
    answer: PersonBody,
    keyed: true,
    problems: ["not_found", "unavailable"],
    example: { params: { id: "v-42" } },
  },
  "GET /analytics/erasures/:erasure": {
    summary: "An erasure's receipt",
    answer: ErasureBody,
    keyed: true,
    problems: ["not_found", "unavailable"],
  },
  "GET /analytics/logs": {
    summary: "The archive's logs, a session a line: one bounded step",
    description:
      'NDJSON: `{ session_id, site, entries }`, and last `{ "next" }`: go on with `after: next` until it is null. Names nobody. `npm run backtest` reads it.',
    query: LogsQuery,
    keyed: true,
    problems: ["unavailable"],
    example: { query: { from: "2026-11-01", to: "2026-11-02" } },
  },
  "POST /analytics/rebuild": {
    summary: "D1's sessions and events again from the R2 log, one bounded step",
    description: "Go on with `after: next` until `next` is null; `npm run rebuild` does.",
    body: RebuildInput,
    answer: RebuildBody,
    keyed: true,
    problems: ["unavailable"],
    example: { body: { from: "2026-11-01", to: "2026-11-02" } },
  },
  "GET /metrics": {
    summary: "The operator's figures, as Prometheus reads them",
    keyed: true,
    problems: ["unavailable"],
    example: {},
  },
  "GET /analytics/storage": {
    summary: "What the archive holds, by day, and what retention has done",
    description:
      "Days of the last three are counted for the answer, up to 20,000 objects; older ones are last night's count.",
    query: StorageQuery,
    answer: StorageBody,
    keyed: true,
    problems: ["unavailable"],
    example: {},
  },
};
