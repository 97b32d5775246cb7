import { useAnswer } from "../api/answer";
import { call } from "../api/client";
import type { Figures, Overview } from "../api/types";
import { aggregate, asked } from "../asked";
import { change, count, duration, NOTHING, percent } from "../format";
import { REFRESH_MS } from "../limits";
import { Bar } from "../parts/bar";
import { Notice, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { href } from "../place";

const CLASSES = [
  ["desktop", "Desktop"],
  ["mobile", "Mobile"],
  ["tablet", "Tablet"],
  ["unknown", "Unknown"],
] as const;

interface DeviceRow {
  device: string;
  title: string;
  now: Figures;
  before: Figures;
  /** Of the sessions of all classes. */
  share: number | null;
}

const PATH = "/analytics/overview";

/** The classes of devices are few: each is the overview of its sessions. */
async function askAll(signal: AbortSignal): Promise<DeviceRow[]> {
  const answers = await Promise.all(
    CLASSES.map(async ([device, title]) => {
      const { data } = await call<Overview>(aggregate(PATH, { device }), { signal });
      return { device, title, now: data, before: data.previous };
    }),
  );
  const all = answers.reduce((sum, { now }) => sum + now.sessions, 0);
  return answers
    .map((row) => ({ ...row, share: all > 0 ? row.now.sessions / all : null }))
    .filter(({ now, before }) => now.sessions + before.sessions > 0)
    .sort((a, b) => b.now.sessions - a.now.sessions);
}

const figure = (
  title: string,
  value: (figures: Figures) => number | null,
  show: (value: number | null) => string,
): Column<DeviceRow> => ({ title, cell: ({ now }) => show(value(now)), text: ({ now }) => value(now), isNumber: true });

const changed = ({ now, before }: DeviceRow): string | null => change(now.sessions, before.sessions);

const COLUMNS: readonly Column<DeviceRow>[] = [
  {
    title: "Device",
    isWide: true,
    text: ({ device }) => device,
    cell: ({ device, title, share }) => (
      <Bar part={share ?? 0}>
        <a href={href("sessions", null, { device })}>{title}</a>
      </Bar>
    ),
  },
  figure("Sessions", ({ sessions }) => sessions, count),
  { title: "Share", cell: ({ share }) => percent(share), text: ({ share }) => share, isNumber: true },
  { title: "Change", cell: (row) => changed(row) ?? NOTHING, text: changed, isNumber: true },
  figure("Visitors", ({ visitors }) => visitors, count),
  figure("Page views", ({ page_views }) => page_views, count),
  figure("Bounce rate", ({ bounce_rate }) => bounce_rate, percent),
  figure("Median duration", ({ median_duration_ms }) => median_duration_ms, duration),
  figure("Leads", ({ leads }) => leads, count),
];

export function Devices() {
  const answer = useAnswer<DeviceRow[]>(askAll, asked(`${PATH}#devices`), { every: REFRESH_MS });
  return (
    <Shown of={answer}>
      {(rows) => (
        <Table
          name="Devices by sessions"
          columns={COLUMNS}
          rows={rows}
          id={({ device }) => device}
          empty={<Notice title="Nothing in this span">Another span or site may show something.</Notice>}
        />
      )}
    </Shown>
  );
}
