import { useAnswer } from "../api/answer";
import { withQuery } from "../api/client";
import type { FingerprintPlace, FingerprintWhole } from "../api/identity-types";
import type { List, One, SessionRow } from "../api/types";
import { count, country, NOTHING } from "../format";
import { REFRESH_MS } from "../limits";
import { Copy } from "../parts/copy";
import { Facts, Panel } from "../parts/panel";
import { Notice, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";
import { href, place } from "../place";
import { site } from "../range";
import { SessionTable } from "./session-table";

const PLACES: readonly Column<FingerprintPlace>[] = [
  { title: "Address", cell: ({ ip }) => ip ?? NOTHING, text: ({ ip }) => ip },
  { title: "ASN", cell: ({ asn }) => asn ?? NOTHING, text: ({ asn }) => asn, isNumber: true },
  { title: "Provider", cell: ({ provider }) => provider ?? NOTHING, text: ({ provider }) => provider },
  { title: "Country", cell: (row) => country(row.country), text: (row) => row.country },
  { title: "Sessions", cell: ({ sessions }) => count(sessions), text: ({ sessions }) => sessions, isNumber: true },
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
];

function Whole({ one }: { one: FingerprintWhole }) {
  const atLeast = one.capped ? "at least " : "";
  return (
    <>
      <div class="columns">
        <Panel title="Seen">
          <Facts
            of={[
              ["First", <Time key="first" at={one.first_seen_at} />],
              ["Last", <Time key="last" at={one.last_seen_at} />],
              ["Sessions", `${atLeast}${count(one.sessions)}`],
              ["Visitors", `${atLeast}${count(one.visitors)}`],
              ["Addresses", `${atLeast}${count(one.ips)}`],
              ["Networks", `${atLeast}${count(one.asns)}`],
              ["Countries", `${atLeast}${count(one.countries)}`],
            ]}
          />
        </Panel>
        <Panel title="Sessions by verdict">
          <Facts
            of={Object.entries(one.labels).map(([label, sessions]) => [
              VERDICT_NAMES[label] ?? "No verdict",
              count(sessions),
            ])}
          />
        </Panel>
      </div>
      <Table
        name="Places"
        columns={PLACES}
        rows={one.places}
        id={(row, index) => `${row.ip} ${row.asn} ${index}`}
        empty={<Notice title="No address is kept of it" />}
      />
    </>
  );
}

const VERDICT_NAMES: Readonly<Record<string, string>> = { human: "Human", suspect: "Suspect", bot: "Bot" };

/** All sessions of the fingerprint, because the chosen span could hide older ones. */
function Sessions({ id }: { id: string }) {
  const path = withQuery("/analytics/sessions", { fingerprint_id: id, from: 0, limit: 20, site: site.value });
  const answer = useAnswer<List<SessionRow>>(() => path, path);
  return (
    <Panel title="Latest sessions">
      <Shown of={answer}>
        {({ data }) => <SessionTable rows={data} empty={<Notice title="No session of it is kept" />} />}
      </Shown>
    </Panel>
  );
}

export default function FingerprintView() {
  const id = place.value.id ?? "";
  const path = withQuery(`/analytics/fingerprints/${encodeURIComponent(id)}`, { site: site.value });
  const answer = useAnswer<One<FingerprintWhole>>(() => path, path, { every: REFRESH_MS });
  const isUnknown = answer.data === null && answer.error?.status === 404;
  return (
    <>
      <header class="session-head">
        <p class="soft">
          <a href={href("fingerprints")}>Fingerprints</a>
        </p>
        <h1>
          <span class="long-id">{id}</span> <Copy text={id} what="fingerprint id" />
        </h1>
        <p class="head-line">
          <a href={href("identity", id)}>Identity network</a>
        </p>
      </header>
      {isUnknown ? (
        <Notice title="Nothing is known of this fingerprint">It may have been erased, or never seen.</Notice>
      ) : (
        <Shown of={answer}>{({ data }) => <Whole one={data} />}</Shown>
      )}
      <Sessions id={id} />
    </>
  );
}
