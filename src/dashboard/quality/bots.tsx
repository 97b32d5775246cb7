import { useAnswer } from "../api/answer";
import { asked } from "../asked";
import { count, percent } from "../format";
import { REFRESH_MS } from "../limits";
import { Bar } from "../parts/bar";
import { Panel } from "../parts/panel";
import { Notice, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { href } from "../place";
import { readSample } from "./sample";
import { type RuleSums, rulesOf } from "./sums";

const columnsFor = (all: number): readonly Column<RuleSums>[] => [
  {
    title: "Rule",
    isWide: true,
    text: ({ rule }) => rule,
    cell: ({ rule, sessions }) => (
      <Bar part={sessions / all}>
        <code>{rule}</code>
      </Bar>
    ),
  },
  { title: "Sessions", cell: ({ sessions }) => count(sessions), text: ({ sessions }) => sessions, isNumber: true },
  { title: "Share", cell: (row) => percent(row.sessions / all), text: (row) => row.sessions / all, isNumber: true },
  {
    title: "Points, average",
    cell: ({ points, sessions }) => count(Math.round(points / sessions)),
    text: ({ points, sessions }) => points / sessions,
    isNumber: true,
  },
  {
    title: "Class",
    cell: ({ convicting }) => (convicting ? "convicting" : "supporting"),
    text: ({ convicting }) => (convicting ? "convicting" : "supporting"),
  },
  {
    title: "Evidence, for example",
    cell: ({ evidence }) => <span title={evidence}>{evidence}</span>,
    text: ({ evidence }) => evidence,
    isWide: true,
  },
];

/** What was filtered as a bot, and by which rule. */
export function Bots() {
  const name = asked("quality#bots", { bots: "only" });
  const answer = useAnswer((signal) => readSample("only", signal), name, { every: REFRESH_MS });
  return (
    <Panel title="Filtered as bots, by rule" aside={<a href={href("sessions", null, { bots: "only" })}>Sessions</a>}>
      <Shown of={answer}>
        {({ rows, isCut }) => (
          <>
            <Table
              name="Bots by rule"
              columns={columnsFor(rows.length)}
              rows={rulesOf(rows)}
              id={({ rule }) => rule}
              empty={<Notice title="Nothing was filtered as a bot in this span" />}
            />
            {rows.length > 0 && (
              <p class="soft note">
                {isCut
                  ? `Of the newest ${count(rows.length)} such sessions.`
                  : `Of all ${count(rows.length)} such sessions.`}{" "}
                More than one rule may count in a session.
              </p>
            )}
          </>
        )}
      </Shown>
    </Panel>
  );
}
