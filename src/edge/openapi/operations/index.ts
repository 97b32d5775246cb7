import type { Operations } from "../operation";
import { aggregateOperations } from "./aggregates";
import { identityOperations } from "./identity";
import { keyOperations } from "./keys";
import { leadOperations } from "./leads";
import { operatorOperations } from "./operator";
import { sessionOperations } from "./sessions";
import { siteOperations } from "./sites";
import { trackOperations } from "./track";

/** Every published operation. A test compares it with the route table. */
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
