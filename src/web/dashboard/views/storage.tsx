import { useMemo } from "preact/hooks";
import { useAnswer } from "../api/answer";
import type { One, RetentionRun } from "../api/types";
import { asked, listed } from "../asked";
import { bytes, count, duration, NOTHING, percent } from "../format";
import { REFRESH_MS } from "../limits";
import { Chart } from "../parts/chart";
import { Panel } from "../parts/panel";
import { Notice, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";
import { href } from "../place";

const PATH = "/analytics/storage";

interface StorageDay {
  day: string;
  objects: number;
  bytes: number;
  counted_at: number;
  complete: boolean;
}

interface SiteBudget {
  site: string;
  spent_bytes: number;
  budget_bytes: number;
}

interface Storage {
  days: StorageDay[];
  objects: number;
  bytes: number;
  retention: { days: number; runs: RetentionRun[] };
  database: { bytes: number | null; archive_only_from_bytes: number; max_bytes: number };
  budgets: SiteBudget[];
}

const atLeast = ({ complete }: StorageDay): string => (complete ? "" : "≥ ");

const DAYS: readonly Column<StorageDay>[] = [
  { title: "Day (UTC)", cell: ({ day }) => day, text: ({ day }) => day },
  {
    title: "Objects",
    cell: (day) => `${atLeast(day)}${count(day.objects)}`,
    text: ({ objects }) => objects,
    isNumber: true,
  },
  { title: "Size", cell: (day) => `${atLeast(day)}${bytes(day.bytes)}`, text: (day) => day.bytes, isNumber: true },
  {
    title: "Counted",
    cell: ({ counted_at }) => <Time at={counted_at} />,
    text: ({ counted_at }) => new Date(counted_at).toISOString(),
  },
];

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

type Amount = "objects_deleted" | "sessions_deleted" | "events_deleted" | "leads_deleted" | "objects_kept" | "errors";

const amount = (title: string, name: Amount): Column<RetentionRun> => ({
  title,
  cell: (run) => count(run[name]),
  text: (run) => run[name],
  isNumber: true,
});

const RUNS: readonly Column<RetentionRun>[] = [
  {
    title: "Began",
    cell: ({ started_at }) => <Time at={started_at} />,
    text: ({ started_at }) => new Date(started_at).toISOString(),
  },
  {
    title: "State",
    cell: ({ finished_at }) => (
      <span class={`badge ${finished_at ? "good" : "warn"}`}>{finished_at ? "done" : "goes on"}</span>
    ),
    text: ({ finished_at }) => (finished_at ? "done" : "goes on"),
  },
  {
    title: "Deleted what began before",
    cell: ({ cutoff }) => <Time at={cutoff} />,
    text: ({ cutoff }) => new Date(cutoff).toISOString(),
  },
  amount("Objects deleted", "objects_deleted"),
  {
    title: "Size deleted",
    cell: (run) => bytes(run.bytes_deleted),
    text: (run) => run.bytes_deleted,
    isNumber: true,
  },
  amount("Sessions deleted", "sessions_deleted"),
  amount("Events deleted", "events_deleted"),
  amount("Leads deleted", "leads_deleted"),
  amount("Objects kept", "objects_kept"),
  { title: "Took", cell: (run) => duration(run.duration_ms), text: (run) => run.duration_ms, isNumber: true },
  amount("Errors", "errors"),
  {
    title: "Last error",
    cell: ({ last_error }) => <span title={last_error ?? undefined}>{last_error ?? "none"}</span>,
    text: ({ last_error }) => last_error,
    isWide: true,
  },
];

function Sizes({ days }: { days: readonly StorageDay[] }) {
  const [times, lines] = useMemo(
    () =>
      [
        days.map(({ day }) => Date.parse(day)),
        [{ label: "Objects", values: days.map(({ objects }) => objects), color: "--accent", isFilled: true }],
      ] as const,
    [days],
  );
  return <Chart title="Objects in the archive by day of their sessions" times={times} lines={lines} height={180} />;
}

function Whole({ data }: { data: Storage }) {
  const figures = [
    ["Objects", count(data.objects)],
    ["Size", bytes(data.bytes)],
    ["Days with objects", count(data.days.filter(({ objects }) => objects > 0).length)],
    ["Kept for", `${data.retention.days} days`],
    ["Database", data.database.bytes === null ? NOTHING : bytes(data.database.bytes)],
    ["Of at most", bytes(data.database.max_bytes)],
  ] as const;
  return (
    <>
      <dl class="stats">
        {figures.map(([title, value]) => (
          <div class="stat" key={title}>
            <dt>{title}</dt>
            <dd>
              <span class="stat-value">{value}</span>
            </dd>
          </div>
        ))}
      </dl>
      {data.days.length > 1 && (
        <Panel title="Objects by day">
          <Sizes days={data.days} />
        </Panel>
      )}
      <Panel title="Budgets">
        <Table
          name="Budgets"
          columns={BUDGETS}
          rows={data.budgets}
          id={({ site }) => site}
          empty={<Notice title="No site has spent anything today" />}
        />
        <p class="note soft">
          Where a site has spent its budget, or the database has more than{" "}
          {bytes(data.database.archive_only_from_bytes)}, events go to the archive only. Of a spent site the heaviest
          sessions go first.
        </p>
      </Panel>
      <Panel title="Retention">
        <Table
          name="Retention runs"
          columns={RUNS}
          rows={data.retention.runs}
          id={({ started_at }) => started_at}
          empty={<Notice title="Retention has not run yet">It runs each night at 03:00 UTC.</Notice>}
        />
      </Panel>
      <Panel title="Archive by day">
        <Table
          name="Archive by day"
          columns={DAYS}
          rows={data.days.toReversed()}
          id={({ day }) => day}
          empty={<Notice title="The archive has nothing of these days" />}
        />
      </Panel>
    </>
  );
}

export default function StorageView() {
  // The archive is of all sites together.
  const answer = useAnswer<One<Storage>>(() => listed(PATH, { site: null }), asked(PATH), { every: REFRESH_MS });
  return (
    <>
      <h1>Storage and retention</h1>
      <Shown of={answer}>{({ data }) => <Whole data={data} />}</Shown>
    </>
  );
}
