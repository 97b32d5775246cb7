import type { Firing, SessionRow } from "../api/types";
import { absoluteTime, clock } from "../format";
import { SCORE_TITLES } from "../parts/score";
import { Notice } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";

function stateOf({ shadow, withdrawn_at, points, weight }: Firing): string {
  if (shadow) return "Shadow: recorded, never counted";
  if (withdrawn_at !== undefined) return "Withdrawn: it does not hold any more";
  return points < weight ? "Waits for a convicting rule" : "Counts";
}

const columnsFor = (startedAt: number): readonly Column<Firing>[] => [
  {
    title: "When",
    cell: ({ at }) => (
      <time dateTime={new Date(at).toISOString()} title={absoluteTime(at)}>
        {clock(at - startedAt)}
      </time>
    ),
    text: ({ at }) => new Date(at).toISOString(),
    isNumber: true,
  },
  { title: "Score", cell: ({ score }) => SCORE_TITLES[score], text: ({ score }) => score },
  { title: "Rule", cell: ({ rule }) => <code>{rule}</code>, text: ({ rule }) => rule },
  { title: "Points", cell: ({ points }) => points, text: ({ points }) => points, isNumber: true },
  { title: "Weight", cell: ({ weight }) => weight, text: ({ weight }) => weight, isNumber: true },
  { title: "Evidence", cell: ({ evidence }) => evidence, text: ({ evidence }) => evidence, isWide: true },
  {
    title: "State",
    cell: (line) => (
      <>
        {stateOf(line)}
        {line.withdrawn_at !== undefined && (
          <>
            {" since "}
            <Time at={line.withdrawn_at} />
          </>
        )}
      </>
    ),
    text: stateOf,
  },
];

/** Which rule fired, when and why, and which rules abstained. */
export function Ledger({ session }: { session: SessionRow }) {
  const { ledger = [], abstained = [], started_at, rules_version } = session;
  return (
    <>
      <Table
        name="Ledger"
        columns={columnsFor(started_at)}
        rows={ledger.toSorted((a, b) => a.at - b.at)}
        id={({ rule, seq }) => `${rule} ${seq}`}
        empty={<Notice title="No rule has fired">Every score is the sum of its lines here, so all are 0.</Notice>}
      />
      {abstained.length > 0 && (
        <details>
          <summary>{abstained.length} rules could not look</summary>
          <ul class="plain-list">
            {abstained.map(({ rule, why }) => (
              <li key={rule}>
                <code>{rule}</code>: {why}
              </li>
            ))}
          </ul>
        </details>
      )}
      {rules_version !== undefined && <p class="soft note">Rules of version {rules_version}.</p>}
    </>
  );
}
