import type { Entry } from "../../../core/session/entry";
import { useStream } from "../api/stream";
import type { LiveView, Presence } from "../api/types";
import { count, country, duration, pagePath } from "../format";
import { LIVE_FOLLOWED } from "../limits";
import { Id } from "../parts/copy";
import { SCORE_NAMES, SCORE_TITLES, Score, Verdict } from "../parts/score";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";
import { href } from "../place";
import { describe } from "../session/describe";

type Message = { t: "live"; data: LiveView } | { t: "update"; data: LiveView; entries: Entry[] };
type Follow = (view: LiveView, entries: readonly Entry[]) => void;

/** Follows one session's own stream, which has an event at once. The roster has it only with the next report. */
function Followed({ id, follow }: { id: string; follow: Follow }) {
  useStream<Message>(`/analytics/sessions/${id}/stream`, (message) =>
    follow(message.data, message.t === "live" ? message.data.unflushed : message.entries),
  );
  return null;
}

const said = (entry: Entry | undefined): string => {
  if (!entry) return "";
  const { title, detail } = describe(entry);
  return detail ? `${title}: ${detail}` : title;
};

const columnsFor = (last: ReadonlyMap<string, Entry>): readonly Column<Presence>[] => [
  {
    title: "Session",
    cell: ({ session_id }) => <Id id={session_id} link={href("session", session_id)} what="session id" />,
    text: ({ session_id }) => session_id,
  },
  {
    title: "Verdict",
    cell: ({ label }) => <Verdict label={label} />,
    text: ({ label }) => label,
  },
  ...SCORE_NAMES.map(
    (name): Column<Presence> => ({
      title: SCORE_TITLES[name],
      cell: ({ scores }) => <Score name={name} value={scores[name]} />,
      text: ({ scores }) => scores[name],
      isNumber: true,
    }),
  ),
  { title: "Country", cell: (row) => country(row.country), text: (row) => row.country },
  { title: "Events", cell: ({ events }) => count(events), text: ({ events }) => events, isNumber: true },
  { title: "Engaged", cell: (row) => duration(row.engaged_ms), text: (row) => row.engaged_ms, isNumber: true },
  {
    title: "Here since",
    cell: ({ started_at }) => <Time at={started_at} />,
    text: ({ started_at }) => new Date(started_at).toISOString(),
  },
  {
    title: "Page",
    cell: ({ page }) => <span title={page}>{pagePath(page)}</span>,
    text: ({ page }) => page,
    isWide: true,
  },
  {
    title: "Did last",
    cell: ({ session_id }) => <span title={said(last.get(session_id))}>{said(last.get(session_id))}</span>,
    text: ({ session_id }) => said(last.get(session_id)),
    isWide: true,
  },
];

interface VisitorsProps {
  present: readonly Presence[];
  last: ReadonlyMap<string, Entry>;
  follow: Follow;
}

export function Visitors({ present, last, follow }: VisitorsProps) {
  return (
    <>
      <Table
        name="Sessions here now"
        columns={columnsFor(last)}
        rows={present.slice(0, 100)}
        id={({ session_id }) => session_id}
        empty={null}
      />
      {present.slice(0, LIVE_FOLLOWED).map(({ session_id }) => (
        <Followed key={session_id} id={session_id} follow={follow} />
      ))}
    </>
  );
}
