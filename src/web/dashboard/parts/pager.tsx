import { useState } from "preact/hooks";
import type { ApiError } from "../api/client";
import { call } from "../api/client";
import type { List } from "../api/types";

export interface Pages<Row> {
  rows: Row[];
  /** Null if there are no more. */
  more: (() => void) | null;
  isLoading: boolean;
  error: ApiError | null;
}

interface Loaded<Row> {
  first: List<Row>;
  rows: Row[];
  next: string | null;
}

/** A list's first page and the pages that "More" added to it. A new first page starts over. */
export function usePages<Row>(first: List<Row>, pathOf: (cursor: string) => string): Pages<Row> {
  const [state, setState] = useState<Loaded<Row>>({ first, rows: [], next: first.next_cursor });
  const [isLoading, setLoading] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const current = state.first === first ? state : { first, rows: [], next: first.next_cursor };
  const more = async (): Promise<void> => {
    if (current.next === null) return;
    setLoading(true);
    setError(null);
    try {
      const page = await call<List<Row>>(pathOf(current.next));
      setState({ first, rows: [...current.rows, ...page.data], next: page.next_cursor });
    } catch (failed) {
      setError(failed as ApiError);
    } finally {
      setLoading(false);
    }
  };
  return { rows: [...first.data, ...current.rows], more: current.next === null ? null : more, isLoading, error };
}

export function More({ pages: { more, isLoading, error } }: { pages: Pages<unknown> }) {
  if (!more) return null;
  return (
    <>
      {error && (
        <span class="refused" role="alert">
          {error.message}
        </span>
      )}
      <button type="button" onClick={more} disabled={isLoading}>
        {isLoading ? "Loading …" : "More"}
      </button>
    </>
  );
}
