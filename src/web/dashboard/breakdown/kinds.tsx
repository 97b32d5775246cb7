import type { PageSums, SessionSums } from "../api/types";
import { count, country, duration, NOTHING, pagePath, percent } from "../format";
import { Bar } from "../parts/bar";
import type { Column } from "../parts/table";
import { href } from "../place";
import { channelTitle } from "./channels";

/** A row of any breakdown: its sums, and its value in the field that the breakdown is by. */
export type RankedRow = Partial<SessionSums & PageSums> & {
  country?: string | null;
  source?: string;
  channel?: string;
  campaign?: string;
  medium?: string;
  term?: string;
  content?: string;
  device?: string;
  leads?: number;
};

export interface Kind {
  title: string;
  path: string;
  params: Record<string, string>;
  /** The sum the list is ranked by. */
  rank: "views" | "sessions";
  value: (row: RankedRow) => string | null | undefined;
  show: (row: RankedRow) => string;
  /** The session list's filter for this value; null if it has none. */
  filter: string | null;
}

const sessionsBy = (title: string, path: string, filter: "source" | "country" | "device"): Kind => ({
  title,
  path,
  params: {},
  rank: "sessions",
  filter,
  value: (row) => row[filter],
  show: (row) => (filter === "country" ? country(row.country) : (row[filter] ?? NOTHING)),
});

type SourcePart = "channel" | "campaign" | "medium" | "term" | "content";

const sourcesBy = (title: string, by: SourcePart, filter: string | null): Kind => ({
  title,
  path: "/analytics/sources",
  params: { by },
  rank: "sessions",
  value: (row) => row[by],
  show: (row) => (by === "channel" ? channelTitle(row.channel ?? NOTHING) : (row[by] ?? NOTHING)),
  filter,
});

const KINDS: Readonly<Record<string, Kind>> = {
  pages: {
    title: "Page",
    path: "/analytics/pages/top",
    params: {},
    rank: "views",
    filter: "page",
    value: ({ page }) => page,
    show: ({ page }) => pagePath(page ?? ""),
  },
  sources: sessionsBy("Source", "/analytics/sources", "source"),
  channels: sourcesBy("Channel", "channel", "channel"),
  campaigns: sourcesBy("Campaign", "campaign", "campaign"),
  media: sourcesBy("Medium", "medium", null),
  terms: sourcesBy("Term", "term", null),
  contents: sourcesBy("Content", "content", null),
  countries: sessionsBy("Country", "/analytics/geo", "country"),
  devices: sessionsBy("Device", "/analytics/devices", "device"),
};

/** Null: the view has no list of its own. */
export const kindOf = (view: string): Kind | null => (Object.hasOwn(KINDS, view) ? (KINDS[view] ?? null) : null);

type NumberName = "sessions" | "events" | "page_views" | "views" | "entries" | "leads";

const numbered = (title: string, name: NumberName): Column<RankedRow> => ({
  title,
  cell: (row) => count(row[name]),
  text: (row) => row[name],
  isNumber: true,
});

const share: Column<RankedRow> = {
  title: "Share",
  cell: (row) => percent(row.share),
  text: (row) => row.share,
  isNumber: true,
};
const bounceRate: Column<RankedRow> = {
  title: "Bounce rate",
  cell: (row) => percent(row.bounce_rate),
  text: (row) => row.bounce_rate,
  isNumber: true,
};
const engaged: Column<RankedRow> = {
  title: "Engaged, average",
  cell: (row) => duration(row.average_engaged_ms),
  text: (row) => row.average_engaged_ms,
  isNumber: true,
};

export const PAGE_NUMBERS: readonly Column<RankedRow>[] = [
  numbered("Views", "views"),
  numbered("Sessions", "sessions"),
  numbered("Entries", "entries"),
  bounceRate,
];

export const SESSION_NUMBERS: readonly Column<RankedRow>[] = [
  numbered("Sessions", "sessions"),
  share,
  numbered("Page views", "page_views"),
  numbered("Events", "events"),
  bounceRate,
  engaged,
  numbered("Leads", "leads"),
];

/** The value, over a bar as long as its share of the largest, with a link to its sessions. */
export const nameColumn = (kind: Kind, most: number): Column<RankedRow> => ({
  title: kind.title,
  isWide: true,
  text: kind.value,
  cell: (row) => {
    const value = kind.value(row);
    const name = <span title={value ?? undefined}>{kind.show(row)}</span>;
    return (
      <Bar part={(row[kind.rank] ?? 0) / most}>
        {value && kind.filter ? <a href={href("sessions", null, { [kind.filter]: value })}>{name}</a> : name}
      </Bar>
    );
  },
});
