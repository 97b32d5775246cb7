import { useMemo } from "preact/hooks";
import { useAnswer } from "../api/answer";
import type { Day, List, Overview } from "../api/types";
import { aggregate, asked, zone } from "../asked";
import { count, percent } from "../format";
import { REFRESH_MS } from "../limits";
import { Chart, type Line } from "../parts/chart";
import { Panel } from "../parts/panel";
import { Shown } from "../parts/states";
import { Bots } from "../quality/bots";
import { Losses } from "../quality/losses";

/** Bots are always included here, whatever the top bar says, because completeness is about all events. */
const ALL = { bots: "include" };
const OVERVIEW = "/analytics/overview";
const DAILY = "/analytics/sessions/daily";

function Days({ days }: { days: readonly Day[] }) {
  const [times, lines] = useMemo((): [number[], Line[]] => {
    const received = days.map(({ expected = 0, missing = 0 }) => expected - missing);
    return [
      days.map(({ from }) => from),
      [
        { label: "Received", values: received, color: "--accent", isFilled: true },
        { label: "Expected", values: days.map(({ expected = 0 }) => expected), color: "--soft", isDashed: true },
      ],
    ];
  }, [days]);
  return <Chart title="Events expected and received by day" times={times} lines={lines} height={180} />;
}

export default function QualityView() {
  const every = { every: REFRESH_MS };
  const all = useAnswer<Overview>(() => aggregate(OVERVIEW, ALL), asked(OVERVIEW, ALL), every);
  const exclude = { bots: "exclude" };
  const people = useAnswer<Overview>(() => aggregate(OVERVIEW, exclude), asked(OVERVIEW, exclude), every);
  const daily = { ...ALL, tz: zone };
  const days = useAnswer<List<Day>>(() => aggregate(DAILY, daily), asked(DAILY, daily), every);
  return (
    <>
      <h1>Data quality</h1>
      <Shown of={all}>
        {({ data: { expected = 0, missing = 0, implausible_streams: implausible = 0, sessions } }) => {
          const bots = people.data?.bots.excluded ?? null;
          const figures = [
            ["Expected", count(expected)],
            ["Received", count(expected - missing)],
            ["Missing", count(missing)],
            ["Complete", percent(expected > 0 ? (expected - missing) / expected : null)],
            ...(implausible > 0 ? [["Streams left out as implausible", count(implausible)] as const] : []),
            ["Sessions", count(sessions)],
            ["Filtered as bots", count(bots)],
            ["Share of bots", percent(bots === null || sessions === 0 ? null : bots / sessions)],
          ];
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
        }}
      </Shown>
      <p class="soft note">
        Every page numbers its events, so a session knows what it should have. Senders that number nothing are not
        counted here.
      </p>
      <Panel title="Expected and received by day">
        <Shown of={days}>{({ data }) => <Days days={data} />}</Shown>
      </Panel>
      <Bots />
      <Losses />
    </>
  );
}
