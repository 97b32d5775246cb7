import { IDENTITY_GRAPH_NODES } from "../../limits";

/** The graph fingerprint → addresses → autonomous systems → countries. Pure. */

/** Where a fingerprint has been. Unknown parts are null. */
export interface GraphPlace {
  ip: string | null;
  asn: number | null;
  country: string | null;
  sessions: number;
  first_seen_at: number;
  last_seen_at: number;
}

/** Another fingerprint on an address. */
export interface Neighbour {
  ip: string;
  fingerprint_id: string;
  sessions: number;
  first_seen_at: number;
  last_seen_at: number;
}

export type NodeKind = "fingerprint" | "address" | "asn" | "country";

export interface GraphNode {
  id: string;
  kind: NodeKind;
  label: string;
  /**
   * For the fingerprint that is asked about: its sessions that were last seen there. For another one: its sessions on shared
   * addresses.
   */
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
  capped: boolean;
}

type Step = readonly [kind: NodeKind, label: string];
type Seen = Pick<GraphPlace, "sessions" | "first_seen_at" | "last_seen_at">;

const idOf = ([kind, label]: Step): string => `${kind}:${label}`;

class Builder {
  readonly nodes = new Map<string, GraphNode>();
  readonly edges = new Map<string, GraphEdge>();
  capped = false;

  /** Adds a way from node to node, or nothing of it if it does not fit whole. */
  add(way: readonly Step[], seen: Seen): void {
    const fresh = way.filter((step) => !this.nodes.has(idOf(step)));
    if (this.nodes.size + fresh.length > IDENTITY_GRAPH_NODES) {
      this.capped = true;
      return;
    }
    way.forEach((step, i) => {
      this.#see(step, seen);
      const before = way[i - 1];
      if (before) this.#join(idOf(before), idOf(step), seen.sessions);
    });
  }

  #see(step: Step, { sessions, first_seen_at, last_seen_at }: Seen): void {
    const id = idOf(step);
    const node = this.nodes.get(id);
    if (!node) {
      const [kind, label] = step;
      this.nodes.set(id, { id, kind, label, sessions, first_seen: first_seen_at, last_seen: last_seen_at });
      return;
    }
    node.sessions += sessions;
    node.first_seen = Math.min(node.first_seen, first_seen_at);
    node.last_seen = Math.max(node.last_seen, last_seen_at);
  }

  #join(from: string, to: string, sessions: number): void {
    const id = `${from} ${to}`;
    const edge = this.edges.get(id);
    if (edge) edge.sessions += sessions;
    else this.edges.set(id, { from, to, sessions });
  }

  /** Another fingerprint on an address that is there already. */
  addNeighbour({ ip, fingerprint_id, ...seen }: Neighbour): void {
    const address = idOf(["address", ip]);
    if (!this.nodes.has(address)) return;
    const step: Step = ["fingerprint", fingerprint_id];
    if (!this.nodes.has(idOf(step)) && this.nodes.size >= IDENTITY_GRAPH_NODES) {
      this.capped = true;
      return;
    }
    this.#see(step, seen);
    this.#join(idOf(step), address, seen.sessions);
  }
}

/**
 * Merges the places in sessions' rows with those of the shards, one line per place. A place that only the shards know has 0
 * sessions.
 */
export function mergePlaces(ofSessions: readonly GraphPlace[], ofActor: readonly GraphPlace[]): GraphPlace[] {
  const key = ({ ip, asn, country }: GraphPlace) => `${ip} ${asn} ${country}`;
  const merged = new Map(ofSessions.map((place) => [key(place), { ...place }]));
  for (const place of ofActor) {
    const known = merged.get(key(place));
    if (!known) merged.set(key(place), { ...place });
    else {
      known.first_seen_at = Math.min(known.first_seen_at, place.first_seen_at);
      known.last_seen_at = Math.max(known.last_seen_at, place.last_seen_at);
    }
  }
  return [...merged.values()].sort((a, b) => b.sessions - a.sessions || b.last_seen_at - a.last_seen_at);
}

/** `places` and `neighbours` come in the order of their weight. What does not fit is left out, and `capped` says so. */
export function graphOf(fingerprint: string, places: readonly GraphPlace[], neighbours: readonly Neighbour[]): Graph {
  const builder = new Builder();
  for (const { ip, asn, country, ...seen } of places) {
    const way: Step[] = [
      ["fingerprint", fingerprint],
      ...(ip === null ? [] : [["address", ip] as const]),
      ...(asn === null ? [] : [["asn", `AS${asn}`] as const]),
      ...(country === null ? [] : [["country", country] as const]),
    ];
    builder.add(way, seen);
  }
  for (const neighbour of neighbours) builder.addNeighbour(neighbour);
  const { nodes, edges, capped } = builder;
  return { nodes: [...nodes.values()], edges: [...edges.values()], capped };
}
