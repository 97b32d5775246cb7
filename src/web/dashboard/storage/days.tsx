import { useMemo } from "preact/hooks";
import type { Storage } from "../api/types";
import { bytes, count } from "../format";
import { Chart } from "../parts/chart";
import { Panel } from "../parts/panel";
import { Notice } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";

/** The archive by day of its sessions. */

type StorageDay = Storage["days"][number];

/** A day that was not counted to its end shows a lower bound. */
const atLeast = ({ complete }: StorageDay): string => (complete ? "" : "≥ ");

const DAYS: readonly Column<StorageDay>[] = [
  { title: "Day (UTC)", cell: ({ day }) => day, text: ({ day }) => day },
  {
    title: "Objects",
    cell: (day) => `${atLeast(day)}${count(day.objects)}`,
    text: ({ objects }) => objects,
    isNumber: true,
  },
  { title: "Size", cell: (day) => `${atLeast(day)}${bytes(day.bytes)}`, text: (day) => day.bytes, isNumber: true },
  {
    title: "Counted",
    cell: ({ counted_at }) => <Time at={counted_at} />,
    text: ({ counted_at }) => new Date(counted_at).toISOString(),
  },
];

export function Sizes({ days }: { days: readonly StorageDay[] }) {
  const [times, lines] = useMemo(
    () =>
      [
        days.map(({ day }) => Date.parse(day)),
        [{ label: "Objects", values: days.map(({ objects }) => objects), color: "--accent", isFilled: true }],
      ] as const,
    [days],
  );
  return <Chart title="Objects in the archive by day of their sessions" times={times} lines={lines} height={180} />;
}

export function ArchiveDays({ days }: { days: readonly StorageDay[] }) {
  return (
    <Panel title="Archive by day">
      <Table
        name="Archive by day"
        columns={DAYS}
        rows={days.toReversed()}
        id={({ day }) => day}
        empty={<Notice title="The archive has nothing of these days" />}
      />
    </Panel>
  );
}
