import { useMemo } from "preact/hooks";
import { type Answer, useAnswer } from "../api/answer";
import type { Breakdown, Day, List, Overview, OverviewFigures, PageSums, SessionSums } from "../api/types";
import { aggregate, asked, before, zone } from "../asked";
import { change, compact, count, country, duration, pagePath, percent } from "../format";
import { REFRESH_MS } from "../limits";
import { Bar } from "../parts/bar";
import { Chart, type Line } from "../parts/chart";
import { Panel } from "../parts/panel";
import { Notice, Shown } from "../parts/states";
import { href } from "../place";
import { FirstRun, useIsFirstRun } from "./first-run";

interface Figure {
  title: string;
  value: (figures: OverviewFigures["previous"]) => number | null;
  show: (value: number | null) => string;
  /** True where a lower value is better. */
  isBad?: boolean;
}

const FIGURES: readonly Figure[] = [
  { title: "Sessions", value: ({ sessions }) => sessions, show: compact },
  { title: "Visitors", value: ({ visitors }) => visitors, show: compact },
  { title: "Page views", value: ({ page_views }) => page_views, show: compact },
  { title: "Events", value: ({ events }) => events, show: compact },
  { title: "Bounce rate", value: ({ bounce_rate }) => bounce_rate, show: percent, isBad: true },
  { title: "Median duration", value: ({ median_duration_ms }) => median_duration_ms, show: duration },
  { title: "Leads", value: ({ leads }) => leads, show: compact },
];

function Stat({ figure, now }: { figure: Figure; now: OverviewFigures }) {
  const value = figure.value(now);
  const previous = figure.value(now.previous);
  const changed = change(value, previous);
  const isUp = (value ?? 0) > (previous ?? 0);
  const isSame = value === previous;
  const tone = changed === null || isSame ? "" : isUp === (figure.isBad ?? false) ? "worse" : "better";
  const isEstimate = figure.title === "Visitors" && now.visitors_error > 0;
  return (
    <div class="stat">
      <dt>{figure.title}</dt>
      <dd>
        <span class="stat-value" title={isEstimate ? `Within ${percent(now.visitors_error)}, as a rule` : undefined}>
          {isEstimate ? "≈ " : ""}
          {figure.show(value)}
        </span>
        <span class={`stat-change ${tone}`} title={`Before: ${figure.show(previous)}`}>
          {changed ?? (previous === null ? "" : `from ${figure.show(previous)}`)}
        </span>
      </dd>
    </div>
  );
}

/** Sessions and visitors by day, with the sessions of the span before. */
function Days({ days, previous }: { days: readonly Day[]; previous: readonly Day[] }) {
  const [times, lines] = useMemo((): [number[], Line[]] => {
    const earlier = days.map((_, i) => previous[previous.length - days.length + i]?.sessions ?? null);
    return [
      days.map(({ from }) => from),
      [
        { label: "Sessions", values: days.map(({ sessions }) => sessions), color: "--accent", isFilled: true },
        { label: "Visitors", values: days.map(({ visitors }) => visitors), color: "--second" },
        { label: "Sessions before", values: earlier, color: "--soft", isDashed: true },
      ],
    ];
  }, [days, previous]);
  const most = Math.max(0, ...days.map(({ sessions }) => sessions));
  return (
    <Chart title={`Sessions and visitors by day; at most ${count(most)} sessions a day`} times={times} lines={lines} />
  );
}

interface TopProps<Row> {
  title: string;
  view: string;
  of: Answer<List<Row>>;
  name: (row: Row) => string;
  value: (row: Row) => number;
}

function Top<Row>({ title, view, of, name, value }: TopProps<Row>) {
  return (
    <Panel title={title} aside={<a href={href(view)}>All</a>}>
      <Shown of={of}>
        {({ data }) => {
          const most = Math.max(1, ...data.map(value));
          if (data.length === 0) return <Notice title="Nothing in this span" />;
          return (
            <ol class="top">
              {data.map((row) => (
                <li key={name(row)}>
                  <Bar part={value(row) / most}>{name(row)}</Bar>
                  <span class="number">{compact(value(row))}</span>
                </li>
              ))}
            </ol>
          );
        }}
      </Shown>
    </Panel>
  );
}

const useTop = <Row,>(path: string, more: Record<string, string> = {}): Answer<Breakdown<Row>> => {
  const params = { limit: 6, ...more };
  return useAnswer(() => aggregate(path, params), asked(path, params), { every: REFRESH_MS });
};

export default function OverviewView() {
  const isFirstRun = useIsFirstRun();
  const every = { every: REFRESH_MS };
  const overview = useAnswer<Overview>(() => aggregate("/analytics/overview"), asked("/analytics/overview"), every);
  const daily = "/analytics/sessions/daily";
  const days = useAnswer<List<Day>>(() => aggregate(daily, { tz: zone }), asked(daily), every);
  const earlier = useAnswer<List<Day>>(() => before(daily, { tz: zone }), asked(`${daily}#before`), every);
  const pages = useTop<PageSums>("/analytics/pages/top");
  const sources = useTop<SessionSums & { source: string | null }>("/analytics/sources");
  const countries = useTop<SessionSums & { country: string | null }>("/analytics/geo");
  if (isFirstRun) return <FirstRun />;
  return (
    <>
      <h1>Overview</h1>
      <Shown of={overview}>
        {({ data, bots }) => (
          <>
            <dl class="stats">
              {FIGURES.map((figure) => (
                <Stat key={figure.title} figure={figure} now={data} />
              ))}
            </dl>
            <p class="soft note">
              Compared with the same span before.
              {bots.excluded > 0 && (
                <>
                  {" "}
                  {count(bots.excluded)} sessions are left out as bots.{" "}
                  <a href={href("quality")}>Which, and by which rule</a>
                </>
              )}
            </p>
          </>
        )}
      </Shown>
      <Panel title="Sessions by day">
        <Shown of={days}>{({ data }) => <Days days={data} previous={earlier.data?.data ?? []} />}</Shown>
      </Panel>
      <div class="columns">
        <Top title="Pages" view="pages" of={pages} name={({ page }) => pagePath(page)} value={({ views }) => views} />
        <Top
          title="Sources"
          view="sources"
          of={sources}
          name={({ source }) => source ?? "Direct"}
          value={({ sessions }) => sessions}
        />
        <Top
          title="Countries"
          view="countries"
          of={countries}
          name={(row) => country(row.country)}
          value={({ sessions }) => sessions}
        />
      </div>
    </>
  );
}
