import { useAnswer } from "../api/answer";
import type { SessionRow } from "../api/types";
import { asked } from "../asked";
import { count } from "../format";
import { REFRESH_MS } from "../limits";
import { Id } from "../parts/copy";
import { Facts, Panel } from "../parts/panel";
import { Notice, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";
import { href } from "../place";
import { readSample } from "./sample";
import { incomplete, lossesOf } from "./sums";

type Counted = "expected" | "received" | "missing" | "rejected" | "gone";

const counted = (title: string, name: Counted): Column<SessionRow> => ({
  title,
  cell: ({ completeness }) => count(completeness?.[name]),
  text: ({ completeness }) => completeness?.[name],
  isNumber: true,
});

const COLUMNS: readonly Column<SessionRow>[] = [
  {
    title: "Session",
    cell: ({ session_id: id }) => <Id id={id} link={href("session", id, { tab: "facts" })} what="session id" />,
    text: ({ session_id }) => session_id,
  },
  {
    title: "Started",
    cell: ({ started_at }) => <Time at={started_at} />,
    text: ({ started_at }) => new Date(started_at).toISOString(),
  },
  counted("Expected", "expected"),
  counted("Received", "received"),
  counted("Missing", "missing"),
  counted("Refused", "rejected"),
  counted("Dropped by the page", "gone"),
];

/** How events of the newest sessions were lost, and which sessions lack some. */
export function Losses() {
  const name = asked("quality#losses", { bots: "include" });
  const answer = useAnswer(readSample, name, { every: REFRESH_MS });
  return (
    <Shown of={answer}>
      {({ rows }) => {
        const sums = lossesOf(rows);
        return (
          <>
            <Panel title={`Of the newest ${count(rows.length)} sessions`}>
              <Facts
                of={[
                  ["Received", count(sums.received)],
                  ["Missing: said to be sent, not arrived", count(sums.missing)],
                  ["Refused by the server", count(sums.rejected)],
                  ["Dropped by the page itself", count(sums.gone)],
                  ["Came after the end of their session", count(sums.late)],
                  ["Set aside: no store would take them", count(sums.quarantined)],
                  ["In the archive only: a budget was spent, or the database nearly full", count(sums.shed)],
                ]}
              />
            </Panel>
            <Panel title="Sessions that lack events">
              <Table
                name="Incomplete sessions"
                columns={COLUMNS}
                rows={incomplete(rows)}
                id={({ session_id }) => session_id}
                empty={<Notice title="None of them lacks an event" />}
              />
            </Panel>
          </>
        );
      }}
    </Shown>
  );
}
