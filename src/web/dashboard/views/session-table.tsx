import type { ComponentChildren } from "preact";
import type { SessionRow } from "../api/types";
import { count, country, duration, pagePath } from "../format";
import { Id } from "../parts/copy";
import { SCORE_NAMES, SCORE_TITLES, Score, Verdict } from "../parts/score";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";
import { href } from "../place";

export const lengthOf = ({ started_at, last_event_at }: SessionRow): number => Math.max(0, last_event_at - started_at);

const COLUMNS: readonly Column<SessionRow>[] = [
  {
    title: "Session",
    cell: ({ session_id }) => <Id id={session_id} link={href("session", session_id)} what="session id" />,
    text: ({ session_id }) => session_id,
  },
  {
    title: "Started",
    cell: ({ started_at }) => <Time at={started_at} />,
    text: ({ started_at }) => new Date(started_at).toISOString(),
  },
  { title: "Length", cell: (row) => duration(lengthOf(row)), text: lengthOf, isNumber: true },
  {
    title: "Verdict",
    cell: ({ label, verified_bot }) => <Verdict label={label} bot={verified_bot} />,
    text: ({ label }) => label,
  },
  ...SCORE_NAMES.map(
    (name): Column<SessionRow> => ({
      title: SCORE_TITLES[name],
      cell: ({ scores }) => <Score name={name} value={scores[name]} />,
      text: ({ scores }) => scores[name],
      isNumber: true,
    }),
  ),
  { title: "Pages", cell: ({ page_views }) => count(page_views), text: ({ page_views }) => page_views, isNumber: true },
  { title: "Events", cell: ({ events }) => count(events), text: ({ events }) => events, isNumber: true },
  { title: "Country", cell: (row) => country(row.country), text: (row) => row.country },
  {
    title: "Entry page",
    cell: ({ entry_page }) => <span title={entry_page}>{pagePath(entry_page ?? "")}</span>,
    text: ({ entry_page }) => entry_page,
    isWide: true,
  },
];

interface SessionTableProps {
  rows: readonly SessionRow[];
  empty: ComponentChildren;
  more?: ComponentChildren;
}

export const SessionTable = ({ rows, empty, more }: SessionTableProps) => (
  <Table name="Sessions" columns={COLUMNS} rows={rows} id={({ session_id }) => session_id} empty={empty} more={more} />
);
