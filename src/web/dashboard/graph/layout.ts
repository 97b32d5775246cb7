import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from "d3-force";
import type { Graph, GraphEdge, GraphNode, NodeKind } from "../api/identity-types";
import { GRAPH_NODES, LAYOUT_ROUNDS } from "../limits";

export interface PlacedNode extends GraphNode {
  x: number;
  y: number;
  /** Radius. */
  r: number;
}

interface PlacedEdge extends GraphEdge {
  a: PlacedNode;
  b: PlacedNode;
}

export interface Layout {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  box: { x: number; y: number; width: number; height: number };
  /** Number of nodes that are not drawn. */
  left: number;
}

/** The x of each kind. Each column leads to the next. */
const COLUMN: Record<NodeKind, number> = { fingerprint: -260, address: -60, asn: 150, country: 330 };
const MARGIN = 40;
/** Room for the labels outside the outer columns. */
const LABEL_ROOM = 150;

interface Moved extends SimulationNodeDatum {
  node: GraphNode;
  r: number;
}

const radius = (sessions: number): number => 6 + Math.min(14, Math.sqrt(sessions) * 1.6);

/** Places nodes by a force layout. Nothing in it is random: the same graph always gives the same picture. */
export function layOut({ nodes, edges }: Graph): Layout {
  const drawn = [...nodes].sort((a, b) => b.sessions - a.sessions).slice(0, GRAPH_NODES);
  const moved: Moved[] = drawn.map((node, i) => ({
    node,
    r: radius(node.sessions),
    x: COLUMN[node.kind],
    y: ((i * 37) % 200) - 100,
  }));
  const byId = new Map(moved.map((one) => [one.node.id, one] as const));
  const known = edges.filter(({ from, to }) => byId.has(from) && byId.has(to));
  const links: SimulationLinkDatum<Moved>[] = known.map(({ from, to }) => ({
    source: byId.get(from) ?? from,
    target: byId.get(to) ?? to,
  }));
  forceSimulation(moved)
    .force("link", forceLink(links).distance(110).strength(0.25))
    .force("repel", forceManyBody().strength(-130))
    .force(
      "apart",
      forceCollide<Moved>().radius(({ r }) => r + 12),
    )
    .force("column", forceX<Moved>(({ node }) => COLUMN[node.kind]).strength(1))
    .force("middle", forceY(0).strength(0.06))
    .stop()
    .tick(LAYOUT_ROUNDS);
  const placed = new Map(
    moved.map(({ node, r, x = 0, y = 0 }) => [node.id, { ...node, r, x: Math.round(x), y: Math.round(y) }] as const),
  );
  const all = [...placed.values()];
  return {
    nodes: all,
    edges: known.flatMap((edge) => ends(edge, placed)),
    box: boxOf(all),
    left: nodes.length - all.length,
  };
}

function ends(edge: GraphEdge, placed: ReadonlyMap<string, PlacedNode>): PlacedEdge[] {
  const [a, b] = [placed.get(edge.from), placed.get(edge.to)];
  return a && b ? [{ ...edge, a, b }] : [];
}

function boxOf(nodes: readonly PlacedNode[]): Layout["box"] {
  const xs = nodes.map(({ x }) => x);
  const ys = nodes.map(({ y }) => y);
  const [left, top] = [Math.min(0, ...xs) - LABEL_ROOM, Math.min(0, ...ys) - MARGIN];
  const [right, bottom] = [Math.max(0, ...xs) + LABEL_ROOM, Math.max(0, ...ys) + MARGIN];
  return { x: left, y: top, width: right - left, height: bottom - top };
}
