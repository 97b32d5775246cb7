import { useEffect, useMemo, useState } from "preact/hooks";
import type { Entry } from "../../session/entry";
import { pageName } from "../../session/page";
import { useAnswer } from "../api/answer";
import { type ApiError, withQuery } from "../api/client";
import { type StreamStatus, useStream } from "../api/stream";
import type { LiveView, One, Presence } from "../api/types";
import { LIVE_REFRESH_MS } from "../limits";
import { site } from "../range";

type Message =
  | { t: "realtime"; data: { visitors: number; sessions: Presence[] } }
  | { t: "update"; data: { visitors: number; changed: Presence[]; left: string[] } };

interface Realtime {
  visitors: number;
  sessions: Presence[];
}

export interface Roster {
  /** Those seen last first; null until it is known. */
  present: Presence[] | null;
  visitors: number;
  status: StreamStatus;
  error: ApiError | null;
  isSlow: boolean;
  /** The last thing each of those did who are followed. */
  last: ReadonlyMap<string, Entry>;
  /** What a session's own stream has told. */
  follow: (view: LiveView, entries: readonly Entry[]) => void;
}

const presenceOf = (view: LiveView): Presence => ({
  ...{ session_id: view.session_id, site: view.site, page: pageName(view.current_page ?? view.entry_page) },
  ...{ referrer: view.referrer, country: view.country, started_at: view.started_at, seen_at: view.timestamp },
  ...{ events: view.events, page_views: view.page_views, engaged_ms: view.engaged_ms },
  ...{ label: view.label, scores: view.scores },
});

/** What a roster's report says may be older than what the session itself has told meanwhile. */
function newer(known: Presence | undefined, told: Presence): Presence {
  return known && known.events > told.events ? { ...known, seen_at: Math.max(known.seen_at, told.seen_at) } : told;
}

/** Who is on the site, by the roster's stream; where no stream is to be had, by asking again and again. */
export function useRoster(): Roster {
  const [known, setKnown] = useState<ReadonlyMap<string, Presence> | null>(null);
  const [visitors, setVisitors] = useState(0);
  const [last, setLast] = useState<ReadonlyMap<string, Entry>>(new Map());
  const status = useStream<Message>(withQuery("/analytics/realtime/stream", { site: site.value }), (message) => {
    setVisitors(message.data.visitors);
    setKnown((now) => {
      if (message.t === "realtime") return asMap(message.data.sessions, now);
      const next = new Map(now);
      for (const one of message.data.changed) next.set(one.session_id, newer(next.get(one.session_id), one));
      for (const id of message.data.left) next.delete(id);
      return next;
    });
  });
  const isPolled = status === "missing";
  const path = (): string => withQuery("/analytics/realtime", { site: site.value, limit: 100 });
  const asked = useAnswer<One<Realtime>>(isPolled ? path : null, `realtime ${site.value}`, { every: LIVE_REFRESH_MS });
  useEffect(() => {
    if (!isPolled || asked.data === null) return;
    setVisitors(asked.data.data.visitors);
    setKnown((now) => asMap(asked.data?.data.sessions ?? [], now));
  }, [isPolled, asked.data]);

  const follow = (view: LiveView, entries: readonly Entry[]): void => {
    setKnown((now) => (now?.has(view.session_id) ? new Map(now).set(view.session_id, presenceOf(view)) : now));
    const act = entries.findLast((entry) => entry.kind === "event" && entry.event_type !== "mousemove");
    if (act) setLast((now) => new Map(now).set(view.session_id, act));
  };
  const present = useMemo(() => known && [...known.values()].sort((a, b) => b.started_at - a.started_at), [known]);
  const isSlow = known === null && (status === "broken" || asked.isSlow || status === "connecting");
  return { present, visitors, status, error: known === null ? asked.error : null, isSlow, last, follow };
}

const asMap = (sessions: readonly Presence[], now: ReadonlyMap<string, Presence> | null) =>
  new Map(sessions.map((one) => [one.session_id, newer(now?.get(one.session_id), one)] as const));
