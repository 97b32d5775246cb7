import { StorageBody, StorageQuery } from "../../protocol/storage";
import type { Operations } from "../operation";

export const operatorOperations: Operations = {
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
