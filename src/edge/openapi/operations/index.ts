import type { Operations } from "../operation";
import { aggregateOperations } from "./aggregates";
import { identityOperations } from "./identity";
import { keyOperations } from "./keys";
import { leadOperations } from "./leads";
import { operatorOperations } from "./operator";
import { sessionOperations } from "./sessions";
import { siteOperations } from "./sites";
import { trackOperations } from "./track";

/** What is published of each route. A test holds this and the route table together. */
export const operations: Operations = {
  ...trackOperations,
  ...aggregateOperations,
  ...sessionOperations,
  ...identityOperations,
  ...siteOperations,
  ...keyOperations,
  ...operatorOperations,
  ...leadOperations,
};
