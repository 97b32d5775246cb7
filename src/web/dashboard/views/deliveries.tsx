import { useAct } from "../api/act";
import { type Answer, useAnswer } from "../api/answer";
import type { Delivery, List } from "../api/types";
import { asked, listed } from "../asked";
import { DeliveryTable } from "../leads/delivery-table";
import { REFRESH_MS } from "../limits";
import { Choice } from "../parts/field";
import { More, usePages } from "../parts/pager";
import { Failure, Notice, Shown } from "../parts/states";
import { place, setParams } from "../place";
import { site } from "../range";

const PATH = "/analytics/deliveries";
const STATES = [
  ["", "Any"],
  ["pending", "Pending"],
  ["delivered", "Delivered"],
  ["dead", "Dead letters"],
] as const;

function DeliveryRows({ first, params, answer }: DeliveryRowsProps) {
  const pages = usePages(first, (cursor) => listed(PATH, { ...params, cursor }));
  return (
    <DeliveryTable
      rows={pages.rows}
      empty={<Notice title="No delivery matches">Leads and alerts of this span have not been sent anywhere.</Notice>}
      more={<More pages={pages} />}
      onAgain={answer.reload}
    />
  );
}

interface DeliveryRowsProps {
  first: List<Delivery>;
  params: Record<string, string>;
  answer: Answer<List<Delivery>>;
}

/** Redelivers the dead letters of the chosen site, up to a hundred at a time. */
function RedeliverDead({ onAgain }: { onAgain: () => void }) {
  const { run, isRunning, error } = useAct();
  const name = site.value || "default";
  const again = async (): Promise<void> => {
    if (await run(`${PATH}/redeliver`, { method: "POST", body: { state: "dead", site: name } })) onAgain();
  };
  return (
    <>
      <button type="button" onClick={again} disabled={isRunning}>
        Redeliver the 100 oldest dead letters of {name}
      </button>
      {error && <Failure error={error} />}
    </>
  );
}

export default function DeliveriesView() {
  const { state = "" } = place.value.params;
  const params: Record<string, string> = state ? { state } : {};
  const answer = useAnswer<List<Delivery>>(() => listed(PATH, params), asked(PATH, params), { every: REFRESH_MS });
  return (
    <>
      <h1>Deliveries</h1>
      <search class="filters">
        <Choice label="State" value={state} options={STATES} onChange={(value) => setParams({ state: value })} />
      </search>
      {state === "dead" && <RedeliverDead onAgain={answer.reload} />}
      <Shown of={answer}>{(first) => <DeliveryRows first={first} params={params} answer={answer} />}</Shown>
    </>
  );
}
