import type { Place } from "../../../core/identity/graph";
import type { Label, Scores } from "./types";

export type { Graph, GraphEdge, GraphNode, NodeKind } from "../../../core/identity/graph";

/** What the API answers of fingerprints. */

export interface SeenFigures {
  first_seen_at: number;
  last_seen_at: number;
  sessions: number;
  ips: number;
  asns: number;
  countries: number;
}

export interface FingerprintRow extends SeenFigures {
  fingerprint_id: string;
  /** The counts are lower bounds. */
  capped: boolean;
  latest: {
    session_id: string;
    site: string;
    started_at: number;
    label: Label | null;
    country: string | null;
    scores: Scores;
  };
}

export interface FingerprintPlace extends Place {
  provider: string | null;
}

export interface FingerprintWhole extends FingerprintRow {
  labels: Record<string, number>;
  visitors: number;
  places: FingerprintPlace[];
}
