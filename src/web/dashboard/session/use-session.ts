import { useCallback, useEffect, useState } from "preact/hooks";
import type { Entry } from "../../../core/session/entry";
import { ApiError, call } from "../api/client";
import { type StreamStatus, useStream } from "../api/stream";
import type { LiveView, One, SessionRow } from "../api/types";
import { SLOW_MS } from "../limits";
import { addEntries, type Log, readLog } from "./log";

export interface Watched {
  session: SessionRow | null;
  /** The actor's own view; null once it no longer holds the session. */
  live: LiveView | null;
  log: Log | null;
  error: ApiError | null;
  isSlow: boolean;
  stream: StreamStatus;
  reload: () => void;
}

type Message = { t: "live"; data: LiveView } | { t: "update"; data: LiveView; entries: Entry[] };

const asApiError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError(0, "unreadable", "The answer cannot be read.");

/** The session from its actor, or from the database if the actor no longer has it. */
async function findSession(id: string, signal: AbortSignal): Promise<SessionRow | LiveView> {
  try {
    return (await call<One<LiveView>>(`/analytics/sessions/${id}/live`, { signal })).data;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    return (await call<One<SessionRow>>(`/analytics/sessions/${id}`, { signal })).data;
  }
}

const isLive = (session: SessionRow | LiveView): session is LiveView => "actor" in session;

/** One session with its log, kept up to date by its stream. */
export function useSession(id: string): Watched {
  const [session, setSession] = useState<SessionRow | LiveView | null>(null);
  const [log, setLog] = useState<Log | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [isSlow, setSlow] = useState(false);
  const [round, setRound] = useState(0);

  useEffect(() => {
    const control = new AbortController();
    const { signal } = control;
    const slow = setTimeout(() => setSlow(true), SLOW_MS);
    setError(null);
    Promise.all([findSession(id, signal), readLog(id, signal)])
      .then(([found, read]) => {
        setSession(found);
        setLog(read);
      })
      .catch((failed: unknown) => !signal.aborted && setError(asApiError(failed)))
      .finally(() => {
        clearTimeout(slow);
        setSlow(false);
      });
    return () => {
      control.abort();
      clearTimeout(slow);
    };
  }, [id, round]);

  const live = session && isLive(session) ? session : null;
  const isOpen = live !== null && !live.ended;
  const stream = useStream<Message>(isOpen ? `/analytics/sessions/${id}/stream` : null, (message) => {
    const added = message.t === "live" ? message.data.unflushed : message.entries;
    setSession(message.data);
    setLog((now) => now && { ...now, entries: addEntries(now.entries, added) });
  });
  const reload = useCallback(() => setRound((n) => n + 1), []);
  return { session, live, log, error, isSlow, stream, reload };
}
