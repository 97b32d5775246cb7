import { useAnswer } from "../api/answer";
import type { Engagement, EngagementBand } from "../api/types";
import { aggregate, asked } from "../asked";
import { count, duration, NOTHING, percent } from "../format";
import { REFRESH_MS } from "../limits";
import { Bar } from "../parts/bar";
import { Notice, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { href } from "../place";

const PATH = "/analytics/engagement";

const bandName = ({ from, to }: EngagementBand): string => (from === null ? "Without a score" : `${from} to ${to}`);

const columnsFor = (most: number): readonly Column<EngagementBand>[] => [
  {
    title: "Score",
    isWide: true,
    text: bandName,
    cell: (band) => (
      <Bar part={band.sessions / most}>
        {band.from === null ? (
          bandName(band)
        ) : (
          <a href={href("sessions", null, { min_engagement: String(band.from), max_engagement: String(band.to) })}>
            {bandName(band)}
          </a>
        )}
      </Bar>
    ),
  },
  { title: "Sessions", cell: ({ sessions }) => count(sessions), text: ({ sessions }) => sessions, isNumber: true },
  { title: "Share", cell: ({ share }) => percent(share), text: ({ share }) => share, isNumber: true },
  { title: "Page views", cell: (row) => count(row.page_views), text: (row) => row.page_views, isNumber: true },
  { title: "Events", cell: ({ events }) => count(events), text: ({ events }) => events, isNumber: true },
  { title: "Bounce rate", cell: (row) => percent(row.bounce_rate), text: (row) => row.bounce_rate, isNumber: true },
  {
    title: "Engaged, average",
    cell: (row) => duration(row.average_engaged_ms),
    text: (row) => row.average_engaged_ms,
    isNumber: true,
  },
];

function EngagementStats({ data }: Pick<Engagement, "data">) {
  const { average_scroll_percent: scrolled, pages_per_session: pages } = data;
  const figures = [
    ["Sessions", count(data.sessions)],
    ["Engaged, average", duration(data.average_engaged_ms)],
    ["Median duration", duration(data.median_duration_ms)],
    ["Scrolled, average", scrolled === null ? NOTHING : `${Math.round(scrolled)} %`],
    ["Pages a session", pages === null ? NOTHING : pages.toLocaleString(undefined, { maximumFractionDigits: 2 })],
    ["Bounce rate", percent(data.bounce_rate)],
  ] as const;
  return (
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
  );
}

export default function EngagementView() {
  const answer = useAnswer<Engagement>(() => aggregate(PATH), asked(PATH), { every: REFRESH_MS });
  return (
    <>
      <h1>Engagement</h1>
      <Shown of={answer}>
        {({ data, bots }) => (
          <>
            <EngagementStats data={data} />
            <Table
              name="Sessions by engagement score"
              columns={columnsFor(Math.max(1, ...data.bands.map(({ sessions }) => sessions)))}
              rows={data.bands.filter(({ from, sessions }) => from !== null || sessions > 0)}
              id={({ from }) => from ?? -1}
              empty={<Notice title="Nothing in this span" />}
            />
            <p class="soft note">
              Engaged time is time in which the page was visible and somebody did something.
              {bots.excluded > 0 && ` ${count(bots.excluded)} sessions are left out as bots.`}
            </p>
          </>
        )}
      </Shown>
    </>
  );
}
