import type * as z from "zod";
import type { FingerprintBody, FingerprintsPage } from "../../../core/api/identity";

export type { Graph, GraphEdge, GraphNode, NodeKind } from "../../../core/identity/graph";

/** The API's answers about fingerprints. */

export type FingerprintRow = z.infer<typeof FingerprintsPage>["data"][number];
export type FingerprintWhole = z.infer<typeof FingerprintBody>["data"];
export type FingerprintPlace = FingerprintWhole["places"][number];
