import type { RetentionRun } from "../api/types";
import { bytes, count, duration } from "../format";
import { Panel } from "../parts/panel";
import { Notice } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";

/** The runs of retention, newest first, with what each has deleted. */

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

export function Retention({ runs }: { runs: readonly RetentionRun[] }) {
  return (
    <Panel title="Retention">
      <Table
        name="Retention runs"
        columns={RUNS}
        rows={runs}
        id={({ started_at }) => started_at}
        empty={<Notice title="Retention has not run yet">It runs each night at 03:00 UTC.</Notice>}
      />
    </Panel>
  );
}
