import { useState } from "preact/hooks";
import { useAct } from "../api/act";
import { useAnswer } from "../api/answer";
import { withQuery } from "../api/client";
import type { ApiKey, AuditEntry, List } from "../api/types";
import { NOTHING } from "../format";
import { Id } from "../parts/copy";
import { More, usePages } from "../parts/pager";
import { Panel } from "../parts/panel";
import { Failure, Notice, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Tabs } from "../parts/tabs";
import { Time } from "../parts/time";
import { place } from "../place";
import { NewKey } from "../settings/new-key";

const TABS = [
  ["keys", "Keys"],
  ["audit", "What was done with them"],
] as const;

interface RevokeProps {
  apiKey: ApiKey;
  asked: string | null;
  ask: (id: string | null) => void;
  revoke: (id: string) => void;
}

/** Asks for confirmation, because a revoked key cannot be restored. */
function Revoke({ apiKey: { key_id, name, revoked_at }, asked, ask, revoke }: RevokeProps) {
  if (revoked_at !== null) return null;
  if (asked !== key_id) {
    return (
      <button type="button" onClick={() => ask(key_id)} aria-label={`Revoke ${name}`}>
        Revoke
      </button>
    );
  }
  return (
    <span class="sure">
      <button type="button" class="danger" onClick={() => revoke(key_id)} aria-label={`Revoke ${name} for good`}>
        For good
      </button>
      <button type="button" onClick={() => ask(null)}>
        Keep
      </button>
    </span>
  );
}

function stateOf({ revoked_at, expires_at }: ApiKey): string {
  if (revoked_at !== null) return "revoked";
  return expires_at !== null && expires_at <= Date.now() ? "expired" : "opens";
}

function State({ apiKey }: { apiKey: ApiKey }) {
  const { revoked_at, expires_at } = apiKey;
  const state = stateOf(apiKey);
  const at = state === "revoked" ? revoked_at : expires_at;
  const word = state === "opens" ? <span class="badge good">opens</span> : state;
  if (at === null) return <span>{word}</span>;
  return (
    <span>
      {word} {state === "opens" && "until "}
      <Time at={at} />
    </span>
  );
}

const columnsFor = (action: (key: ApiKey) => Omit<RevokeProps, "apiKey">): readonly Column<ApiKey>[] => [
  { title: "Name", cell: ({ name }) => name, text: ({ name }) => name, isWide: true },
  { title: "Key", cell: ({ key_id }) => <Id id={key_id} what="key id" />, text: ({ key_id }) => key_id },
  { title: "Scopes", cell: ({ scopes }) => scopes.join(", "), text: ({ scopes }) => scopes.join(" ") },
  { title: "Sites", cell: ({ sites }) => sites?.join(", ") ?? "all", text: ({ sites }) => sites?.join(" ") ?? "all" },
  {
    title: "Made",
    cell: ({ created_at }) => <Time at={created_at} />,
    text: ({ created_at }) => new Date(created_at).toISOString(),
  },
  {
    title: "State",
    cell: (key) => <State apiKey={key} />,
    text: stateOf,
  },
  { title: "Revoke", cell: (key) => <Revoke apiKey={key} {...action(key)} />, text: () => "" },
];

function KeyList({ first, reload }: { first: List<ApiKey>; reload: () => void }) {
  const pages = usePages(first, (cursor) => withQuery("/analytics/keys", { limit: 100, cursor }));
  const [asked, ask] = useState<string | null>(null);
  const { run, error } = useAct();
  const revoke = async (id: string): Promise<void> => {
    ask(null);
    if (await run(`/analytics/keys/${encodeURIComponent(id)}`, { method: "DELETE" })) reload();
  };
  return (
    <>
      {error && <Failure error={error} />}
      <Table
        name="Keys"
        columns={columnsFor(() => ({ asked, ask, revoke }))}
        rows={pages.rows}
        id={({ key_id }) => key_id}
        empty={<Notice title="There is the root key alone">Make one for each thing that calls the API.</Notice>}
        more={<More pages={pages} />}
      />
    </>
  );
}

function Keys() {
  const answer = useAnswer<List<ApiKey>>(() => "/analytics/keys?limit=100", "keys");
  return (
    <>
      <Panel title="Make a key">
        <NewKey onMade={answer.reload} />
      </Panel>
      <Shown of={answer}>{(first) => <KeyList first={first} reload={answer.reload} />}</Shown>
    </>
  );
}

const AUDIT: readonly Column<AuditEntry>[] = [
  { title: "When", cell: ({ at }) => <Time at={at} />, text: ({ at }) => new Date(at).toISOString() },
  { title: "Key", cell: ({ key_id }) => <Id id={key_id} what="key id" />, text: ({ key_id }) => key_id },
  { title: "What", cell: ({ action }) => <code>{action}</code>, text: ({ action }) => action, isWide: true },
  { title: "Of", cell: ({ target }) => target ?? NOTHING, text: ({ target }) => target },
  { title: "Answered", cell: ({ status }) => status ?? "never known", text: ({ status }) => status, isNumber: true },
];

function AuditList({ first }: { first: List<AuditEntry> }) {
  const pages = usePages(first, (cursor) => withQuery("/analytics/audit", { cursor }));
  return (
    <Table
      name="Audit log"
      columns={AUDIT}
      rows={pages.rows}
      id={({ audit_id }) => audit_id}
      empty={<Notice title="Nothing has been changed yet" />}
      more={<More pages={pages} />}
    />
  );
}

function Audit() {
  const answer = useAnswer<List<AuditEntry>>(() => "/analytics/audit", "audit");
  return <Shown of={answer}>{(first) => <AuditList first={first} />}</Shown>;
}

export default function KeysView() {
  const isAudit = place.value.params["tab"] === "audit";
  return (
    <>
      <h1>Keys</h1>
      <Tabs name="tab" tabs={TABS} label="Keys and their use" />
      {isAudit ? <Audit /> : <Keys />}
    </>
  );
}
