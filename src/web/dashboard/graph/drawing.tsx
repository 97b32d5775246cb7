import type { NodeKind } from "../api/identity-types";
import { count, country } from "../format";
import type { Layout, PlacedNode } from "./layout";

/** Longest label, in letters. */
const LABEL_LETTERS = 20;

const KIND_TITLES: Record<NodeKind, string> = {
  fingerprint: "Fingerprint",
  address: "Address",
  asn: "Network",
  country: "Country",
};
const KINDS = Object.keys(KIND_TITLES) as NodeKind[];

export const labelOf = ({ kind, label }: Pick<PlacedNode, "kind" | "label">): string =>
  kind === "country" ? country(label) : label;

const short = (text: string): string => (text.length > LABEL_LETTERS ? `${text.slice(0, LABEL_LETTERS - 1)}…` : text);

/** Places a label where no edge is: left of the first column, right of the last, above nodes in between. */
function besides({ kind, r }: PlacedNode) {
  if (kind === "fingerprint") return { x: -r - 4, y: 4, "text-anchor": "end" as const };
  if (kind === "country") return { x: r + 4, y: 4 };
  return { x: 0, y: -r - 5, "text-anchor": "middle" as const };
}

interface DrawingProps {
  layout: Layout;
  chosen: string | null;
  onChoose: (id: string) => void;
}

/** The graph. Nodes are sized, and edges widened, by their number of sessions. */
export function Drawing({ layout, chosen, onChoose }: DrawingProps) {
  const { nodes, edges, box } = layout;
  const isNear = (id: string): boolean =>
    chosen === null ||
    id === chosen ||
    edges.some(({ from, to }) => (from === chosen && to === id) || (to === chosen && from === id));
  return (
    <figure class="graph">
      <svg viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`} aria-label="Identity network">
        {edges.map(({ from, to, sessions, a, b }) => (
          <line
            key={`${from} ${to}`}
            class={chosen === null || from === chosen || to === chosen ? "edge" : "edge faint"}
            x1={a.x}
            y1={a.y}
            x2={b.x}
            y2={b.y}
            stroke-width={1 + Math.min(4, Math.sqrt(sessions) / 2)}
          />
        ))}
        {nodes.map((node) => (
          // biome-ignore lint/a11y/useSemanticElements: an SVG element cannot be a <button>.
          <g
            key={node.id}
            class={`node ${node.kind}${node.id === chosen ? " chosen" : ""}${isNear(node.id) ? "" : " faint"}`}
            role="button"
            tabIndex={0}
            aria-pressed={node.id === chosen}
            aria-label={`${KIND_TITLES[node.kind]} ${labelOf(node)}, ${count(node.sessions)} sessions`}
            transform={`translate(${node.x} ${node.y})`}
            onClick={() => onChoose(node.id)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" && event.key !== " ") return;
              event.preventDefault();
              onChoose(node.id);
            }}
          >
            <circle r={node.r} />
            <text {...besides(node)}>{short(labelOf(node))}</text>
          </g>
        ))}
      </svg>
      <figcaption>
        {KINDS.map((kind) => (
          <span key={kind} class={`legend ${kind}`}>
            {KIND_TITLES[kind]}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

export { KIND_TITLES };
