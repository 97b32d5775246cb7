import * as z from "zod";
import { RealtimeBody, RealtimeQuery } from "../../protocol/realtime";
import { StorageBody, StorageQuery } from "../../protocol/storage";
import type { Operations } from "../operation";

export const operatorOperations: Operations = {
  "GET /analytics/realtime": {
    summary: "Who is on a site now",
    description: "A visitor who was not heard of for 55 s is gone. The counts are of all, `sessions` are the latest.",
    query: RealtimeQuery,
    answer: RealtimeBody,
    keyed: true,
    problems: ["unavailable"],
    example: { query: { site: "default", limit: "10" } },
  },
  "GET /analytics/realtime/stream": {
    summary: "Follow a site by WebSocket",
    description:
      'First `{ t: "realtime", data: { visitors, sessions } }`, then `{ t: "update", data: { visitors, changed, left } }`.',
    query: z.object({ site: z.string().optional() }),
    status: 101,
    keyed: true,
    problems: ["ticket_invalid", "upgrade_required", "unavailable"],
    example: { query: { site: "default" } },
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
