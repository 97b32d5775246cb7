import { useState } from "preact/hooks";
import { useAnswer } from "../api/answer";
import type { List, Scripted, SiteRow } from "../api/types";
import { LIVE_REFRESH_MS } from "../limits";
import { Copy } from "../parts/copy";
import { TextField } from "../parts/field";
import { Notice, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { href } from "../place";
import { tagOf } from "../settings/tag";

const columnsOf = (scriptPath?: string): readonly Column<SiteRow>[] => [
  { title: "Site", cell: ({ site }) => <a href={href("site", site)}>{site}</a>, text: ({ site }) => site },
  { title: "Figures", cell: ({ site }) => <a href={href("overview", null, { site })}>Overview</a>, text: () => "" },
  {
    title: "Tag",
    isWide: true,
    cell: ({ site }) => (
      <span class="tag">
        <code title={tagOf(site, scriptPath)}>{tagOf(site, scriptPath)}</code>{" "}
        <Copy text={tagOf(site, scriptPath)} what="tag" />
      </span>
    ),
    text: ({ site }) => tagOf(site, scriptPath),
  },
];

const SITE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

function Another() {
  const [refused, setRefused] = useState(false);
  const open = (name: string): void => {
    const isName = SITE_NAME.test(name);
    setRefused(!isName && name !== "");
    if (isName) location.hash = href("site", name);
  };
  return (
    <search class="filters">
      <TextField label="Set up another site" value="" placeholder="its name, e.g. shop" onChange={open} />
      {refused && (
        <p class="refused" role="alert">
          A name is of letters, digits, and _ . -
        </p>
      )}
    </search>
  );
}

export default function SitesView() {
  const answer = useAnswer<List<SiteRow> & Scripted>(() => "/analytics/sites", "sites", { every: LIVE_REFRESH_MS });
  return (
    <>
      <h1>Sites</h1>
      <Shown of={answer}>
        {({ data, script_path }) => (
          <Table
            name="Sites"
            columns={columnsOf(script_path)}
            rows={data}
            id={({ site }) => site}
            empty={<Notice title="This key sees no site" />}
          />
        )}
      </Shown>
      <Another />
    </>
  );
}
