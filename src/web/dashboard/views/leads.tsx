import { useAnswer } from "../api/answer";
import type { LeadRow } from "../api/lead-types";
import type { List } from "../api/types";
import { asked, listed } from "../asked";
import { NOTHING } from "../format";
import { REFRESH_MS } from "../limits";
import { Id } from "../parts/copy";
import { Choice, TextField } from "../parts/field";
import { More, usePages } from "../parts/pager";
import { SCORE_TITLES, Score, Verdict } from "../parts/score";
import { Notice, Shown } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";
import { href, place, setParams } from "../place";

const PATH = "/analytics/leads";
const FILTERS = ["q", "project", "source", "status", "label", "session_id", "min_engagement", "max_risk"] as const;

interface Value {
  value: string;
  leads: number;
}

const contactOf = ({ email, phone }: LeadRow): string => [email, phone].filter(Boolean).join(" ");

/** The scores by which a lead is judged at a glance. The lead's own view has all of them. */
const SCORES = ["engagement", "risk"] as const;

const COLUMNS: readonly Column<LeadRow>[] = [
  {
    title: "Lead",
    cell: ({ lead_id }) => <Id id={lead_id} link={href("lead", lead_id)} what="lead id" />,
    text: ({ lead_id }) => lead_id,
  },
  {
    title: "Came in",
    cell: ({ created_at }) => <Time at={created_at} />,
    text: ({ created_at }) => new Date(created_at).toISOString(),
  },
  { title: "Name", cell: ({ name }) => name ?? NOTHING, text: ({ name }) => name },
  {
    title: "Contact",
    cell: (lead) => <span title={contactOf(lead)}>{lead.email ?? lead.phone ?? NOTHING}</span>,
    text: (lead) => contactOf(lead),
  },
  { title: "Project", cell: ({ project }) => project ?? NOTHING, text: ({ project }) => project },
  { title: "Source", cell: ({ source }) => source ?? NOTHING, text: ({ source }) => source },
  { title: "Status", cell: ({ status }) => status, text: ({ status }) => status },
  { title: "Verdict", cell: ({ label }) => <Verdict label={label} />, text: ({ label }) => label },
  ...SCORES.map(
    (name): Column<LeadRow> => ({
      title: SCORE_TITLES[name],
      cell: ({ scores }) => <Score name={name} value={scores[name]} />,
      text: ({ scores }) => scores[name],
      isNumber: true,
    }),
  ),
  {
    title: "Session",
    cell: ({ session_id: id }) => (id ? <Id id={id} link={href("session", id)} what="session id" /> : NOTHING),
    text: ({ session_id }) => session_id,
  },
];

/** The projects or sources of the span's leads, as options. */
function useValues(what: "projects" | "sources"): (readonly [string, string])[] {
  const path = `${PATH}/${what}`;
  const { data } = useAnswer<List<Value>>(() => listed(path), asked(path));
  return (data?.data ?? []).map(({ value, leads }) => [value, `${value} (${leads})`] as const);
}

const LABELS = [
  ["", "Any"],
  ["human", "Human"],
  ["suspect", "Suspect"],
  ["bot", "Bot"],
] as const;

function Filters() {
  const { params } = place.value;
  const projects = useValues("projects");
  const sources = useValues("sources");
  const set = (name: (typeof FILTERS)[number]) => (value: string) => setParams({ [name]: value });
  const used = FILTERS.filter((name) => params[name]);
  const any = ["", "Any"] as const;
  return (
    <search class="filters">
      <TextField label="Text" value={params["q"] ?? ""} placeholder="Name, email" onChange={set("q")} />
      <Choice
        label="Project"
        value={params["project"] ?? ""}
        options={withChosen([any, ...projects], params["project"])}
        onChange={set("project")}
      />
      <Choice
        label="Source"
        value={params["source"] ?? ""}
        options={withChosen([any, ...sources], params["source"])}
        onChange={set("source")}
      />
      <TextField label="Status" value={params["status"] ?? ""} placeholder="open" onChange={set("status")} />
      <Choice label="Verdict" value={params["label"] ?? ""} options={LABELS} onChange={set("label")} />
      <TextField
        label="Engagement from"
        value={params["min_engagement"] ?? ""}
        placeholder="0"
        inputMode="numeric"
        onChange={set("min_engagement")}
      />
      <TextField
        label="Risk up to"
        value={params["max_risk"] ?? ""}
        placeholder="100"
        inputMode="numeric"
        onChange={set("max_risk")}
      />
      {used.length > 0 && (
        <button
          type="button"
          class="plain"
          onClick={() => setParams(Object.fromEntries(used.map((name) => [name, ""])))}
        >
          Clear filters
        </button>
      )}
    </search>
  );
}

/** Adds the value in the URL if no lead of the span has it, so that the choice can show it. */
const withChosen = (options: (readonly [string, string])[], chosen = "") =>
  options.some(([value]) => value === chosen) ? options : [...options, [chosen, chosen] as const];

function LeadRows({ first, filters }: { first: List<LeadRow>; filters: Record<string, string> }) {
  const pages = usePages(first, (cursor) => listed(PATH, { ...filters, cursor }));
  return (
    <Table
      name="Leads"
      columns={COLUMNS}
      rows={pages.rows}
      id={({ lead_id }) => lead_id}
      empty={<Notice title="No lead matches">Another span or fewer filters may show some.</Notice>}
      more={<More pages={pages} />}
    />
  );
}

export default function LeadsView() {
  const { params } = place.value;
  const filters = Object.fromEntries(FILTERS.flatMap((name) => (params[name] ? [[name, params[name]]] : [])));
  const answer = useAnswer<List<LeadRow>>(() => listed(PATH, filters), asked(PATH, filters), { every: REFRESH_MS });
  return (
    <>
      <h1>Leads</h1>
      <Filters />
      <Shown of={answer}>{(first) => <LeadRows first={first} filters={filters} />}</Shown>
    </>
  );
}
