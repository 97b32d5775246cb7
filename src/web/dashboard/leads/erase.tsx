import { useState } from "preact/hooks";
import { useAct } from "../api/act";
import type { Erasure, One } from "../api/types";
import { count } from "../format";
import { Id } from "../parts/copy";
import { type Fact, Facts, Panel } from "../parts/panel";
import { Failure } from "../parts/states";

interface EraseProps {
  lead_id: string;
  onErased: (receipt: Erasure) => void;
}

/** Asks for confirmation, because an erasure cannot be undone. */
export function Erase({ lead_id, onErased }: EraseProps) {
  const [isAsked, setAsked] = useState(false);
  const { run, isRunning, error } = useAct();
  const erase = async (): Promise<void> => {
    const path = `/analytics/leads/${encodeURIComponent(lead_id)}`;
    const answer = await run<One<Erasure>>(path, { method: "DELETE" });
    if (answer) onErased(answer.data);
  };
  return (
    <Panel title="Erase">
      <p class="soft">The lead goes with its submits and deliveries. What its receivers have got stays with them.</p>
      {error && <Failure error={error} />}
      {isAsked ? (
        <span class="sure">
          <button type="button" class="danger" disabled={isRunning} onClick={() => void erase()}>
            Erase for good
          </button>
          <button type="button" disabled={isRunning} onClick={() => setAsked(false)}>
            Keep
          </button>
        </span>
      ) : (
        <button type="button" onClick={() => setAsked(true)}>
          Erase this lead
        </button>
      )}
    </Panel>
  );
}

/** Counts that are usually 0, and missing in older receipts. */
function moreOf({ unlinked, unproven }: Erasure["counts"]): Fact[] {
  const facts: [string, number | undefined][] = [
    ["Sessions that only claimed it: they stay, without the name", unlinked?.sessions],
    ["Leads that only claimed it: they stay, without the claim", unlinked?.leads],
    ["Erased sessions of an id that nobody can prove", unproven],
  ];
  return facts.flatMap(([name, value]): Fact[] => (value ? [[name, count(value)]] : []));
}

/** The receipt of an erasure. It contains no personal data. */
export function Receipt({ receipt: { erasure_id, status, counts } }: { receipt: Erasure }) {
  const facts: Fact[] = [
    ["Receipt", <Id key="id" id={erasure_id} what="receipt id" />],
    ["State", status === "complete" ? "complete" : "goes on by itself"],
    ["Leads", count(counts.d1.leads)],
    ["Deliveries", count(counts.d1.deliveries)],
    ["Objects with a database of their own", count(counts.actors.leads)],
    ...moreOf(counts),
  ];
  return (
    <Panel title="The lead is erased">
      <Facts of={facts} />
    </Panel>
  );
}
