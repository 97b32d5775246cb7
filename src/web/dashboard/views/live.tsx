import type { StreamStatus } from "../api/stream";
import type { Presence } from "../api/types";
import { compact, count, country, pagePath } from "../format";
import { useRoster } from "../live/use-roster";
import { Visitors } from "../live/visitors";
import { Bar } from "../parts/bar";
import { Panel } from "../parts/panel";
import { Failure, Notice, Waiting } from "../parts/states";
import { bots } from "../range";

const STREAM_WORDS: Record<StreamStatus, string> = {
  off: "Asked every 5 s",
  connecting: "Connecting",
  live: "Following",
  broken: "Connecting again",
  missing: "Asked every 5 s",
};

const TOP = 8;

type NamedCount = readonly [name: string, visitors: number];

/** Sums rows of the same name, because pages that differ only in their query are shown by path. */
function tally(named: readonly NamedCount[]): NamedCount[] {
  const counts = new Map<string, number>();
  for (const [name, visitors] of named) counts.set(name, (counts.get(name) ?? 0) + visitors);
  return [...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b));
}

/** The roster says "unknown" for a country that is not known. */
const placeName = (code: string): string => country(code === "unknown" ? null : code);

function Where({ title, of }: { title: string; of: readonly NamedCount[] }) {
  const most = of[0]?.[1] ?? 1;
  return (
    <Panel title={title}>
      {of.length === 0 && <p class="soft">Nobody</p>}
      <ol class="top">
        {of.slice(0, TOP).map(([name, visitors]) => (
          <li key={name}>
            <Bar part={visitors / most}>{name}</Bar>
            <span class="number">{compact(visitors)}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

const average = (present: readonly Presence[], score: keyof Presence["scores"]): string => {
  const known = present.flatMap(({ scores }) => (scores[score] === null ? [] : [scores[score]]));
  return known.length === 0 ? "–" : String(Math.round(known.reduce((sum, one) => sum + one, 0) / known.length));
};

/** Who is here now, from where, and with which scores. */
export default function LiveView() {
  const { present, counts, excluded, status, error, isSlow, last, follow } = useRoster();
  if (present === null) {
    if (error) return <Failure error={error} />;
    return isSlow ? <Waiting /> : null;
  }
  const labelled = (label: string): string => count(counts.labels[label] ?? 0);
  const figures = [
    ["Here now", count(counts.visitors)],
    ["Humans", labelled("human")],
    ["Suspects", labelled("suspect")],
    bots.value === "exclude" ? ["Bots, left out", count(excluded)] : ["Bots", labelled("bot")],
    ["Engagement, average", average(present, "engagement")],
    ["Risk, average", average(present, "risk")],
  ] as const;
  return (
    <>
      <div class="title-line">
        <h1>Live</h1>
        <span class={`badge stream-${status}`} role="status">
          {STREAM_WORDS[status]}
        </span>
      </div>
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
      <div class="columns">
        <Where
          title="Pages they are on"
          of={tally(counts.pages.map(({ page, visitors }) => [pagePath(page), visitors]))}
        />
        <Where
          title="Countries they are in"
          of={tally(counts.countries.map((one) => [placeName(one.country), one.visitors]))}
        />
      </div>
      {present.length === 0 ? (
        <Notice title="Nobody is here now">Whoever comes shows up by themselves, within five seconds.</Notice>
      ) : (
        <Visitors present={present} last={last} follow={follow} />
      )}
    </>
  );
}
