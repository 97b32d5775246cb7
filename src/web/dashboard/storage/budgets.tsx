import type { Storage } from "../api/types";
import { bytes, percent } from "../format";
import { Panel } from "../parts/panel";
import { Notice } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { href } from "../place";

/** What each site has spent of its budget today. */

type SiteBudget = Storage["budgets"][number];

const BUDGETS: readonly Column<SiteBudget>[] = [
  { title: "Site", cell: ({ site }) => <a href={href("site", site)}>{site}</a>, text: ({ site }) => site },
  {
    title: "Spent today (UTC)",
    cell: ({ spent_bytes }) => bytes(spent_bytes),
    text: ({ spent_bytes }) => spent_bytes,
    isNumber: true,
  },
  { title: "Budget", cell: (one) => bytes(one.budget_bytes), text: (one) => one.budget_bytes, isNumber: true },
  {
    title: "Share",
    cell: (one) => <Share of={one} />,
    text: (one) => one.spent_bytes / one.budget_bytes,
    isNumber: true,
  },
];

function Share({ of: { spent_bytes, budget_bytes } }: { of: SiteBudget }) {
  const share = spent_bytes / budget_bytes;
  const kind = share >= 1 ? "bad" : share >= 0.8 ? "warn" : "good";
  return <span class={`badge ${kind}`}>{percent(share)}</span>;
}

export function Budgets({ data }: { data: Storage }) {
  return (
    <Panel title="Budgets">
      <Table
        name="Budgets"
        columns={BUDGETS}
        rows={data.budgets}
        id={({ site }) => site}
        empty={<Notice title="No site has spent anything today" />}
      />
      <p class="note soft">
        Where a site has spent its budget, or the database has more than {bytes(data.database.archive_only_from_bytes)},
        events go to the archive only. Of a spent site the heaviest sessions go first.
      </p>
    </Panel>
  );
}
