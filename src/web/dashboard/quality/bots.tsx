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

type By = "rule" | "kind" | "name";
type BotsRow = SessionSums & Partial<Record<By, string | null>>;

const PATH = "/analytics/bots";

interface BotsList {
  by: By;
  title: string;
  column: string;
  note: string;
}

const LISTS: readonly BotsList[] = [
  {
    by: "rule",
    title: "Filtered as bots, by rule",
    column: "Rule",
    note: "More than one rule may count in a session.",
  },
  {
    by: "kind",
    title: "Filtered as bots, by what they come for",
    column: "Comes for",
    note: "As the bot's agent says, or the edge. Search indexes pages, training collects text for models, fetch opens a page for a person.",
  },
  {
    by: "name",
    title: "Filtered as bots, by name",
    column: "Name",
    note: "As the bot's agent says: anybody may use the name.",
  },
];

const UNNAMED = "not named";

const columnsFor = ({ by, column }: BotsList, most: number): readonly Column<BotsRow>[] => [
  {
    title: column,
    isWide: true,
    text: (row) => row[by],
    cell: (row) => <Bar part={row.sessions / most}>{row[by] ? <code>{row[by]}</code> : UNNAMED}</Bar>,
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

/** Sessions filtered as bots: by rule, by purpose, and by the name they give. */
export function Bots() {
  return (
    <>
      {LISTS.map((kind) => (
        <BotsBy key={kind.by} kind={kind} />
      ))}
    </>
  );
}

function BotsBy({ kind }: { kind: BotsList }) {
  const { by, title, note } = kind;
  const answer = useAnswer<Breakdown<BotsRow>>(() => listed(PATH, { by, limit: 100 }), asked(PATH, { by }), {
    every: REFRESH_MS,
  });
  return (
    <Panel title={title} aside={<a href={href("sessions", null, { bots: "only" })}>Sessions</a>}>
      <Shown of={answer}>
        {({ data }) => (
          <>
            <Table
              name={`Bots by ${by}`}
              columns={columnsFor(kind, Math.max(1, ...data.map(({ sessions }) => sessions)))}
              rows={data}
              id={(row) => row[by] ?? ""}
              empty={<Notice title="Nothing was filtered as a bot in this span" />}
            />
            <p class="soft note">{note}</p>
          </>
        )}
      </Shown>
    </Panel>
  );
}
