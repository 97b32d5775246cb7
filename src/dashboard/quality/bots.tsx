import { useAnswer } from "../api/answer";
import type { Breakdown, SessionSums } from "../api/types";
import { asked, listed } from "../asked";
import { count, duration, percent } from "../format";
import { REFRESH_MS } from "../limits";
import { Bar } from "../parts/bar";
import { Panel } from "../parts/panel";
import { Notice, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { href } from "../place";

type RuleRow = SessionSums & { rule: string };

const PATH = "/analytics/bots";

const columnsFor = (most: number): readonly Column<RuleRow>[] => [
  {
    title: "Rule",
    isWide: true,
    text: ({ rule }) => rule,
    cell: ({ rule, sessions }) => (
      <Bar part={sessions / most}>
        <code>{rule}</code>
      </Bar>
    ),
  },
  { title: "Sessions", cell: ({ sessions }) => count(sessions), text: ({ sessions }) => sessions, isNumber: true },
  { title: "Share of bots", cell: ({ share }) => percent(share), text: ({ share }) => share, isNumber: true },
  { title: "Events", cell: ({ events }) => count(events), text: ({ events }) => events, isNumber: true },
  { title: "Page views", cell: (row) => count(row.page_views), text: (row) => row.page_views, isNumber: true },
  {
    title: "Engaged, average",
    cell: (row) => duration(row.average_engaged_ms),
    text: (row) => row.average_engaged_ms,
    isNumber: true,
  },
];

/** What was filtered as a bot, and by which rule. */
export function Bots() {
  const answer = useAnswer<Breakdown<RuleRow>>(() => listed(PATH, { limit: 100 }), asked(PATH), { every: REFRESH_MS });
  return (
    <Panel title="Filtered as bots, by rule" aside={<a href={href("sessions", null, { bots: "only" })}>Sessions</a>}>
      <Shown of={answer}>
        {({ data }) => (
          <>
            <Table
              name="Bots by rule"
              columns={columnsFor(Math.max(1, ...data.map(({ sessions }) => sessions)))}
              rows={data}
              id={({ rule }) => rule}
              empty={<Notice title="Nothing was filtered as a bot in this span" />}
            />
            <p class="soft note">More than one rule may count in a session.</p>
          </>
        )}
      </Shown>
    </Panel>
  );
}
