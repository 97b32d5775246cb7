import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { KEPT_ANSWERS, SLOW_MS } from "../limits";
import { ApiError, call } from "./client";

/** The state of a question. */
export interface Answer<T> {
  data: T | null;
  /** Why the last request failed; `data` is then from an earlier one. */
  error: ApiError | null;
  /** The wait is long enough for a sign of waiting. */
  isSlow: boolean;
  /** When `data` came, epoch ms. */
  at: number | null;
  reload: () => void;
}

/** Answers by name, newest last, so that the oldest can be dropped. */
const kept = new Map<string, { data: unknown; at: number }>();

function keep(name: string, data: unknown): void {
  kept.delete(name);
  kept.set(name, { data, at: Date.now() });
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT_ANSWERS) return;
    kept.delete(oldest);
  }
}

/** For a change of key: another key may see other things. */
export const forgetAnswers = (): void => kept.clear();

interface Options {
  /** Ask again this often while the page is visible, ms. */
  every?: number;
}

interface AnswerState<T> {
  name: string;
  data: T | null;
  at: number | null;
  error: ApiError | null;
  isSlow: boolean;
}

function before<T>(name: string): AnswerState<T> {
  const known = kept.get(name);
  return { name, data: (known?.data ?? null) as T | null, at: known?.at ?? null, error: null, isSlow: false };
}

/** A question: its path, or a function that asks more than one path. */
export type Ask<T> = (signal: AbortSignal) => string | Promise<T>;

async function answerTo<T>(ask: Ask<T>, signal: AbortSignal): Promise<T> {
  const asked = ask(signal);
  return typeof asked === "string" ? call<T>(asked, { signal }) : asked;
}

/**
 * Asks `question`, and again every so often while the page is visible. Until an answer comes, the earlier answer of this
 * `name` is shown. Null asks nothing.
 */
export function useAnswer<T>(question: Ask<T> | null, name: string, { every }: Options = {}): Answer<T> {
  const [state, setState] = useState<AnswerState<T>>(() => before(name));
  const [round, setRound] = useState(0);
  const ask = useRef(question);
  ask.current = question;
  const isAsked = question !== null;

  useEffect(() => {
    if (!isAsked || ask.current === null) return;
    const control = new AbortController();
    setState((now) => (now.name === name ? { ...now, isSlow: false } : before(name)));
    const slow = setTimeout(() => setState((now) => ({ ...now, isSlow: true })), SLOW_MS);
    let again: ReturnType<typeof setTimeout> | undefined;
    const next = (): void => {
      clearTimeout(slow);
      if (every === undefined || control.signal.aborted) return;
      again = setTimeout(() => (document.hidden ? next() : setRound((n) => n + 1)), every);
    };
    answerTo<T>(ask.current, control.signal)
      .then((data) => {
        if (control.signal.aborted) return;
        keep(name, data);
        setState({ name, data, at: Date.now(), error: null, isSlow: false });
      })
      .catch((error: unknown) => {
        if (control.signal.aborted) return;
        const shown = error instanceof ApiError ? error : new ApiError(0, "unreadable", "The answer cannot be read.");
        setState((now) => ({ ...now, name, error: shown, isSlow: false }));
      })
      .finally(next);
    return () => {
      control.abort();
      clearTimeout(slow);
      clearTimeout(again);
    };
  }, [name, isAsked, every, round]);

  const reload = useCallback(() => setRound((n) => n + 1), []);
  const current = state.name === name ? state : before<T>(name);
  const { data, error, isSlow, at } = current;
  return { data, error, isSlow: isSlow && data === null, at, reload };
}
