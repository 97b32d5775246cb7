import { useMemo } from "preact/hooks";
import { useAnswer } from "../api/answer";
import { withQuery } from "../api/client";
import type { Graph, GraphNode } from "../api/identity-types";
import type { One } from "../api/types";
import { count } from "../format";
import { Drawing, KIND_TITLES, labelOf } from "../graph/drawing";
import { layOut } from "../graph/layout";
import { Copy, Id } from "../parts/copy";
import { Notice, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";
import { href, place, setParams } from "../place";
import { site } from "../range";

function Named({ node }: { node: GraphNode }) {
  if (node.kind !== "fingerprint") return <>{labelOf(node)}</>;
  return <Id id={node.label} link={href("fingerprint", node.label)} what="fingerprint id" />;
}

const COLUMNS: readonly Column<GraphNode>[] = [
  { title: "Kind", cell: ({ kind }) => KIND_TITLES[kind], text: ({ kind }) => kind },
  { title: "Name", cell: (node) => <Named node={node} />, text: ({ label }) => label },
  { title: "Sessions", cell: ({ sessions }) => count(sessions), text: ({ sessions }) => sessions, isNumber: true },
  {
    title: "First seen",
    cell: ({ first_seen }) => <Time at={first_seen} />,
    text: ({ first_seen }) => new Date(first_seen).toISOString(),
  },
  {
    title: "Last seen",
    cell: ({ last_seen }) => <Time at={last_seen} />,
    text: ({ last_seen }) => new Date(last_seen).toISOString(),
  },
];

function Network({ graph }: { graph: Graph }) {
  const layout = useMemo(() => layOut(graph), [graph]);
  const chosen = place.value.params["node"] ?? null;
  const isKnown = graph.nodes.some(({ id }) => id === chosen);
  const near = new Set(
    graph.edges.flatMap(({ from, to }) => (from === chosen || to === chosen ? [from, to] : [])).concat(chosen ?? []),
  );
  const rows = isKnown ? graph.nodes.filter(({ id }) => near.has(id)) : graph.nodes;
  const choose = (id: string): void => setParams({ node: id === chosen ? "" : id });
  return (
    <>
      <Drawing layout={layout} chosen={isKnown ? chosen : null} onChoose={choose} />
      {(graph.capped || layout.left > 0) && (
        <p class="soft note">There is more than is drawn here: the largest by sessions are.</p>
      )}
      <Table
        name={isKnown ? "Chosen node and those beside it" : "Nodes"}
        columns={COLUMNS}
        rows={rows}
        id={({ id }) => id}
        empty={<Notice title="There is nothing to draw" />}
      />
    </>
  );
}

/** A fingerprint, its addresses, their networks and countries, and other fingerprints on those addresses. */
export default function IdentityView() {
  const id = place.value.id ?? "";
  const path = withQuery(`/analytics/identity/${encodeURIComponent(id)}`, { site: site.value });
  const answer = useAnswer<One<Graph>>(() => path, path);
  const isUnknown = answer.data === null && answer.error?.status === 404;
  return (
    <>
      <header class="session-head">
        <p class="soft">
          <a href={href("fingerprints")}>Fingerprints</a> / <a href={href("fingerprint", id)}>{id}</a>
        </p>
        <h1>
          Identity network <Copy text={id} what="fingerprint id" />
        </h1>
      </header>
      {isUnknown ? (
        <Notice title="Nothing is known of this fingerprint">It may have been erased, or never seen.</Notice>
      ) : (
        <Shown of={answer}>{({ data }) => <Network graph={data} />}</Shown>
      )}
    </>
  );
}
