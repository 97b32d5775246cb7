import { useAnswer } from "../api/answer";
import type { Breakdown } from "../api/types";
import { aggregate, asked } from "../asked";
import { count } from "../format";
import { REFRESH_MS } from "../limits";
import { More, usePages } from "../parts/pager";
import { Notice, Shown } from "../parts/states";
import { Table } from "../parts/table";
import { type Kind, nameColumn, PAGE_NUMBERS, type RankedRow, SESSION_NUMBERS } from "./kinds";

/** A breakdown as a list, best first. */
export function Ranked({ kind }: { kind: Kind }) {
  const { path, params } = kind;
  const answer = useAnswer<Breakdown<RankedRow>>(() => aggregate(path, params), asked(path, params), {
    every: REFRESH_MS,
  });
  return <Shown of={answer}>{(first) => <RankedRows kind={kind} first={first} />}</Shown>;
}

function RankedRows({ kind, first }: { kind: Kind; first: Breakdown<RankedRow> }) {
  const pages = usePages(first, (cursor) => aggregate(kind.path, { ...kind.params, cursor }));
  const most = Math.max(1, ...first.data.map((row) => row[kind.rank] ?? 0));
  const numbers = kind.rank === "views" ? PAGE_NUMBERS : SESSION_NUMBERS;
  const others = first.other?.[kind.rank];
  return (
    <>
      <Table
        name={`${kind.title} by ${kind.rank}`}
        columns={[nameColumn(kind, most), ...numbers]}
        rows={pages.rows}
        id={(row) => kind.value(row) ?? ""}
        empty={<Notice title="Nothing in this span">Another span or site may show something.</Notice>}
        more={<More pages={pages} />}
      />
      {(others || first.hidden > 0 || first.bots.excluded > 0) && (
        <p class="soft note">
          {others ? `${count(others)} ${kind.rank} of values past the first hundred of their day are not named. ` : ""}
          {first.hidden > 0 ? `A value may lack up to ${count(first.hidden)} for the same reason. ` : ""}
          {first.bots.excluded > 0 ? `${count(first.bots.excluded)} sessions are left out as bots.` : ""}
        </p>
      )}
    </>
  );
}
