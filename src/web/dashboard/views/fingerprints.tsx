import { useAnswer } from "../api/answer";
import type { FingerprintRow } from "../api/identity-types";
import type { List } from "../api/types";
import { asked, listed } from "../asked";
import { count } from "../format";
import { REFRESH_MS } from "../limits";
import { Id } from "../parts/copy";
import { TextField } from "../parts/field";
import { More, usePages } from "../parts/pager";
import { SCORE_TITLES, Score, Verdict } from "../parts/score";
import { Notice, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";
import { href, place, setParams } from "../place";

const PATH = "/analytics/fingerprints";

/** Engagement is left out, because it is a figure of one visit. */
const SCORES = ["bot", "vpn", "risk"] as const;

type Counted = "sessions" | "ips" | "asns" | "countries";

const counted = (title: string, name: Counted): Column<FingerprintRow> => ({
  title,
  cell: (row) => `${row.capped ? "≥ " : ""}${count(row[name])}`,
  text: (row) => row[name],
  isNumber: true,
});

const COLUMNS: readonly Column<FingerprintRow>[] = [
  {
    title: "Fingerprint",
    cell: ({ fingerprint_id: id }) => <Id id={id} link={href("fingerprint", id)} what="fingerprint id" />,
    text: ({ fingerprint_id }) => fingerprint_id,
  },
  counted("Sessions", "sessions"),
  counted("Addresses", "ips"),
  counted("Networks", "asns"),
  counted("Countries", "countries"),
  {
    title: "Latest verdict",
    cell: ({ latest }) => <Verdict label={latest.label} />,
    text: ({ latest }) => latest.label,
  },
  ...SCORES.map(
    (name): Column<FingerprintRow> => ({
      title: SCORE_TITLES[name],
      cell: ({ latest }) => <Score name={name} value={latest.scores[name]} />,
      text: ({ latest }) => latest.scores[name],
      isNumber: true,
    }),
  ),
  {
    title: "First seen",
    cell: ({ first_seen_at }) => <Time at={first_seen_at} />,
    text: ({ first_seen_at }) => new Date(first_seen_at).toISOString(),
  },
  {
    title: "Last seen",
    cell: ({ last_seen_at }) => <Time at={last_seen_at} />,
    text: ({ last_seen_at }) => new Date(last_seen_at).toISOString(),
  },
  {
    title: "Network",
    cell: ({ fingerprint_id }) => <a href={href("identity", fingerprint_id)}>Graph</a>,
    text: () => "",
  },
];

function FingerprintRows({ first, params }: { first: List<FingerprintRow>; params: Record<string, string> }) {
  const pages = usePages(first, (cursor) => listed(PATH, { ...params, cursor }));
  return (
    <Table
      name="Fingerprints"
      columns={COLUMNS}
      rows={pages.rows}
      id={({ fingerprint_id }) => fingerprint_id}
      empty={<Notice title="No fingerprint in this span">Without consent none is kept.</Notice>}
      more={<More pages={pages} />}
    />
  );
}

export default function FingerprintsView() {
  const { ip = "" } = place.value.params;
  const params: Record<string, string> = ip ? { ip } : {};
  const answer = useAnswer<List<FingerprintRow>>(() => listed(PATH, params), asked(PATH, params), {
    every: REFRESH_MS,
  });
  return (
    <>
      <h1>Fingerprints</h1>
      <search class="filters">
        <TextField
          label="Address"
          value={ip}
          placeholder="203.0.113.7"
          onChange={(value) => setParams({ ip: value })}
        />
      </search>
      <Shown of={answer}>{(first) => <FingerprintRows first={first} params={params} />}</Shown>
    </>
  );
}
