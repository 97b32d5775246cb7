import { useAnswer } from "../api/answer";
import type { One, Storage } from "../api/types";
import { asked, listed } from "../asked";
import { bytes, count, NOTHING } from "../format";
import { REFRESH_MS } from "../limits";
import { Panel } from "../parts/panel";
import { Shown } from "../parts/states";
import { Budgets } from "../storage/budgets";
import { ArchiveDays, Sizes } from "../storage/days";
import { Retention } from "../storage/retention";

const PATH = "/analytics/storage";

function Whole({ data }: { data: Storage }) {
  const figures = [
    ["Objects", count(data.objects)],
    ["Size", bytes(data.bytes)],
    ["Days with objects", count(data.days.filter(({ objects }) => objects > 0).length)],
    ["Kept for", `${data.retention.days} days`],
    ["Database", data.database.bytes === null ? NOTHING : bytes(data.database.bytes)],
    ["Of at most", bytes(data.database.max_bytes)],
  ] as const;
  return (
    <>
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
      {data.days.length > 1 && (
        <Panel title="Objects by day">
          <Sizes days={data.days} />
        </Panel>
      )}
      <Budgets data={data} />
      <Retention runs={data.retention.runs} />
      <ArchiveDays days={data.days} />
    </>
  );
}

export default function StorageView() {
  // All sites share one archive, so the chosen site is left out.
  const answer = useAnswer<One<Storage>>(() => listed(PATH, { site: null }), asked(PATH), { every: REFRESH_MS });
  return (
    <>
      <h1>Storage and retention</h1>
      <Shown of={answer}>{({ data }) => <Whole data={data} />}</Shown>
    </>
  );
}
