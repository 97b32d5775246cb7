import { useEffect, useMemo, useState } from "preact/hooks";
import type { Entry } from "../../../core/session/entry";
import { pageName } from "../../../core/sources/page";
import { useAnswer } from "../api/answer";
import { type ApiError, withQuery } from "../api/client";
import { type StreamStatus, useStream } from "../api/stream";
import type { LiveView, One, Presence } from "../api/types";
import { LIVE_REFRESH_MS } from "../limits";
import { bots, site } from "../range";

/** Visitors here now, as the server counts them; one visitor may have several sessions. */
interface Counts {
  visitors: number;
  pages: { page: string; visitors: number }[];
  countries: { country: string; visitors: number }[];
  labels: Record<string, number>;
}

/** How many visitors the chosen filter of bots leaves out. */
interface LeftOut {
  bots: { excluded: number };
}

type Message =
  | { t: "realtime"; data: Counts & LeftOut & { sessions: Presence[] } }
  | { t: "update"; data: Counts & LeftOut & { changed: Presence[]; left: string[] } };

type Realtime = One<Counts & { sessions: Presence[] }> & LeftOut;

export interface Roster {
  /** Newest session first; null until known. */
  present: Presence[] | null;
  counts: Counts;
  excluded: number;
  status: StreamStatus;
  error: ApiError | null;
  isSlow: boolean;
  /** The last event of each followed session, by id. */
  last: ReadonlyMap<string, Entry>;
  /** Takes a message of a session's own stream. */
  follow: (view: LiveView, entries: readonly Entry[]) => void;
}

const NOBODY: Counts & LeftOut = { visitors: 0, pages: [], countries: [], labels: {}, bots: { excluded: 0 } };

const siteAndBots = () => ({ site: site.value, bots: bots.value });
const followed = (): string => withQuery("/analytics/realtime/stream", siteAndBots());

const presenceOf = (view: LiveView): Presence => ({
  session_id: view.session_id,
  site: view.site,
  page: pageName(view.current_page ?? view.entry_page),
  referrer: view.referrer,
  country: view.country,
  started_at: view.started_at,
  seen_at: view.timestamp,
  events: view.events,
  page_views: view.page_views,
  engaged_ms: view.engaged_ms,
  label: view.label,
  scores: view.scores,
});

/** The roster's report may be older than what the session's own stream said; the one with more events wins. */
function newer(known: Presence | undefined, reported: Presence): Presence {
  if (!known || known.events <= reported.events) return reported;
  return { ...known, seen_at: Math.max(known.seen_at, reported.seen_at) };
}

/** Who is on the site now: by the roster's stream, or by polling if there is no stream. */
export function useRoster(): Roster {
  const [known, setKnown] = useState<ReadonlyMap<string, Presence> | null>(null);
  const [counts, setCounts] = useState<Counts & LeftOut>(NOBODY);
  const [last, setLast] = useState<ReadonlyMap<string, Entry>>(new Map());
  const status = useStream<Message>(followed(), (message) => {
    setCounts(message.data);
    setKnown((now) => {
      if (message.t === "realtime") return asMap(message.data.sessions, now);
      const next = new Map(now);
      for (const one of message.data.changed) next.set(one.session_id, newer(next.get(one.session_id), one));
      for (const id of message.data.left) next.delete(id);
      return next;
    });
  });
  const isPolled = status === "missing";
  const path = (): string => withQuery("/analytics/realtime", { ...siteAndBots(), limit: 100 });
  const asked = useAnswer<Realtime>(isPolled ? path : null, `${followed()} asked`, { every: LIVE_REFRESH_MS });
  useEffect(() => {
    if (!isPolled || asked.data === null) return;
    setCounts({ ...asked.data.data, bots: asked.data.bots });
    setKnown((now) => asMap(asked.data?.data.sessions ?? [], now));
  }, [isPolled, asked.data]);

  const follow = (view: LiveView, entries: readonly Entry[]): void => {
    setKnown((now) => (now?.has(view.session_id) ? new Map(now).set(view.session_id, presenceOf(view)) : now));
    const act = entries.findLast((entry) => entry.kind === "event" && entry.event_type !== "mousemove");
    if (act) setLast((now) => new Map(now).set(view.session_id, act));
  };
  const present = useMemo(() => known && [...known.values()].sort((a, b) => b.started_at - a.started_at), [known]);
  const isSlow = known === null && (status === "broken" || asked.isSlow || status === "connecting");
  return {
    present,
    counts,
    excluded: counts.bots.excluded,
    status,
    error: known === null ? asked.error : null,
    isSlow,
    last,
    follow,
  };
}

const asMap = (sessions: readonly Presence[], now: ReadonlyMap<string, Presence> | null) =>
  new Map(sessions.map((one) => [one.session_id, newer(now?.get(one.session_id), one)] as const));
