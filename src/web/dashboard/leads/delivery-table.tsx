import type { ComponentChildren } from "preact";
import { useAct } from "../api/act";
import type { Delivery } from "../api/types";
import { count, NOTHING } from "../format";
import { Id } from "../parts/copy";
import { Failure } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";
import { href } from "../place";

const STATES = { pending: "warn", delivered: "good", dead: "bad" } as const;

const answerOf = ({ status, reason }: Delivery): string => [status, reason].filter((one) => one !== null).join(" ");

const columnsFor = (
  again: (id: string) => void,
  isRunning: boolean,
  withLead: boolean,
): readonly Column<Delivery>[] => [
  {
    title: "Delivery",
    cell: ({ delivery_id }) => <Id id={delivery_id} what="delivery id" />,
    text: ({ delivery_id }) => delivery_id,
  },
  {
    title: "State",
    cell: ({ state }) => <span class={`badge ${STATES[state]}`}>{state}</span>,
    text: ({ state }) => state,
  },
  ...(withLead
    ? [
        {
          title: "Lead",
          cell: ({ lead_id: id }: Delivery) => (id ? <Id id={id} link={href("lead", id)} what="lead id" /> : NOTHING),
          text: ({ lead_id }: Delivery) => lead_id,
        },
      ]
    : []),
  {
    title: "Of, to",
    cell: ({ type, endpoint_id }) => `${type} → ${endpoint_id}`,
    text: ({ type, endpoint_id }) => `${type} ${endpoint_id}`,
  },
  { title: "Attempts", cell: ({ attempts }) => count(attempts), text: ({ attempts }) => attempts, isNumber: true },
  {
    title: "Answer",
    cell: (row) => <span title={row.response ?? undefined}>{answerOf(row) || NOTHING}</span>,
    text: answerOf,
    isWide: true,
  },
  {
    title: "Made",
    cell: ({ created_at }) => <Time at={created_at} />,
    text: ({ created_at }) => new Date(created_at).toISOString(),
  },
  {
    title: "Delivered or next",
    cell: ({ delivered_at, next_at }) => <Time at={delivered_at ?? next_at} />,
    text: ({ delivered_at, next_at }) => {
      const at = delivered_at ?? next_at;
      return at === null ? null : new Date(at).toISOString();
    },
  },
  {
    title: "Again",
    cell: ({ delivery_id }) => (
      <button type="button" disabled={isRunning} onClick={() => again(delivery_id)}>
        Redeliver
      </button>
    ),
    text: () => "",
  },
];

interface DeliveryTableProps {
  rows: readonly Delivery[];
  empty: ComponentChildren;
  more?: ComponentChildren;
  /** All rows belong to one lead, so they need no column for it. */
  ofOneLead?: boolean;
  /** Called after a delivery was queued again, so that the rows are loaded again. */
  onAgain: () => void;
}

/** Webhook deliveries, each with a button to deliver it again. */
export function DeliveryTable({ rows, empty, more, ofOneLead = false, onAgain }: DeliveryTableProps) {
  const { run, isRunning, error } = useAct();
  const again = async (id: string): Promise<void> => {
    const path = `/analytics/deliveries/${encodeURIComponent(id)}/redeliver`;
    if (await run(path, { method: "POST", body: {} })) onAgain();
  };
  return (
    <>
      {error && <Failure error={error} />}
      <Table
        name="Deliveries"
        columns={columnsFor(again, isRunning, !ofOneLead)}
        rows={rows}
        id={({ delivery_id }) => delivery_id}
        empty={empty}
        more={more}
      />
    </>
  );
}
