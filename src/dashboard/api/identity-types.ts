import type { Label, Scores } from "./types";

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

export interface FingerprintPlace {
  ip: string | null;
  asn: number | null;
  country: string | null;
  provider: string | null;
  sessions: number;
  first_seen_at: number;
  last_seen_at: number;
}

export interface FingerprintWhole extends FingerprintRow {
  labels: Record<string, number>;
  visitors: number;
  places: FingerprintPlace[];
}

export type NodeKind = "fingerprint" | "address" | "asn" | "country";

export interface GraphNode {
  id: string;
  kind: NodeKind;
  label: string;
  sessions: number;
  first_seen: number;
  last_seen: number;
}

export interface GraphEdge {
  from: string;
  to: string;
  sessions: number;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  /** There is more than is here. */
  capped: boolean;
}
