import { useAnswer } from "../api/answer";
import type { BotsLeftOut, List, SessionRow } from "../api/types";
import { aggregate, asked } from "../asked";
import { count } from "../format";
import { REFRESH_MS } from "../limits";
import { More, usePages } from "../parts/pager";
import { Notice, Shown } from "../parts/states";
import { place, setParams } from "../place";
import { filtersOf, SessionFilters } from "./session-filters";
import { SessionTable } from "./session-table";

const PATH = "/analytics/sessions";

type Sessions = List<SessionRow> & { bots?: BotsLeftOut };

function SessionList({ first, filters }: { first: Sessions; filters: Record<string, string> }) {
  const pages = usePages(first, (cursor) => aggregate(PATH, { ...filters, cursor }));
  const excluded = first.bots?.excluded ?? 0;
  return (
    <>
      <SessionTable
        rows={pages.rows}
        empty={<Notice title="No session matches">Another span or fewer filters may show some.</Notice>}
        more={<More pages={pages} />}
      />
      {excluded > 0 && (
        <p class="soft note">
          {count(excluded)} sessions of this span are left out as bots.{" "}
          <button type="button" class="plain" onClick={() => setParams({ bots: "include" })}>
            Show them too
          </button>
        </p>
      )}
    </>
  );
}

export default function SessionsView() {
  const filters = filtersOf(place.value.params);
  const answer = useAnswer<Sessions>(() => aggregate(PATH, filters), asked(PATH, filters), { every: REFRESH_MS });
  return (
    <>
      <h1>Sessions</h1>
      <SessionFilters />
      <Shown of={answer}>{(first) => <SessionList first={first} filters={filters} />}</Shown>
    </>
  );
}
