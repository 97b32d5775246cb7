import { useAnswer } from "../api/answer";
import type { List } from "../api/types";
import { asked, listed } from "../asked";
import { count, NOTHING } from "../format";
import { REFRESH_MS } from "../limits";
import { Notice, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";

const PATH = "/analytics/anomalies";

interface Anomaly {
  kind: string;
  /** Null: all sites together. */
  site: string | null;
  /** How many hours the value adds up. */
  hours: number;
  at: number;
  value: number;
  median: number | null;
  mad: number | null;
  deviation: number | null;
  samples: number;
}

/** Titles of kinds; an unknown kind, from a newer server, is shown by its name. */
const KINDS: Readonly<Record<string, string>> = {
  traffic_spike: "More sessions than usual",
  submission_drop: "Fewer forms are sent than usual",
  vpn_ratio: "More sessions behind a VPN than usual",
  completeness_drop: "More events are missing than usual",
  dead_letters: "More dead letters than usual",
};

const nameOf = (kind: string): string =>
  Object.hasOwn(KINDS, kind) ? (KINDS[kind] ?? kind) : kind.replaceAll("_", " ");

const figure = new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 });
const shown = (value: number | null): string => (value === null ? NOTHING : figure.format(value));
const number = (title: string, name: "value" | "median" | "mad"): Column<Anomaly> => ({
  title,
  cell: (row) => shown(row[name]),
  text: (row) => row[name],
  isNumber: true,
});

const COLUMNS: readonly Column<Anomaly>[] = [
  { title: "When", cell: ({ at }) => <Time at={at} />, text: ({ at }) => new Date(at).toISOString() },
  { title: "What", cell: ({ kind }) => nameOf(kind), text: ({ kind }) => kind, isWide: true },
  { title: "Site", cell: ({ site }) => site ?? "all", text: ({ site }) => site },
  { title: "Within", cell: ({ hours }) => `${hours} h`, text: ({ hours }) => hours, isNumber: true },
  number("Measured", "value"),
  number("Usual (median)", "median"),
  number("Usual spread (MAD)", "mad"),
  {
    title: "Off by",
    cell: ({ deviation }) => (deviation === null ? NOTHING : `${shown(deviation)} ×`),
    text: ({ deviation }) => deviation,
    isNumber: true,
  },
  { title: "Compared with", cell: ({ samples }) => count(samples), text: ({ samples }) => samples, isNumber: true },
];

/** Anomalies, each beside its usual value. */
export default function AnomaliesView() {
  const answer = useAnswer<List<Anomaly>>(() => listed(PATH), asked(PATH), { every: REFRESH_MS });
  return (
    <>
      <h1>Anomalies</h1>
      <Shown of={answer}>
        {({ data }) => (
          <>
            <Table
              name="Anomalies"
              columns={COLUMNS}
              rows={data}
              id={({ kind, at }, index) => `${kind} ${at} ${index}`}
              empty={<Notice title="Nothing unusual">In this span everything is as at other times.</Notice>}
            />
            <p class="soft note">
              Usual is the median of the same hour in the weeks before; “off by” counts in median absolute deviations.
            </p>
          </>
        )}
      </Shown>
    </>
  );
}
