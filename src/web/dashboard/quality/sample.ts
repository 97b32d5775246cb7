import { call } from "../api/client";
import type { List, SessionRow } from "../api/types";
import { aggregate } from "../asked";
import { SAMPLE_PAGES } from "../limits";

/** The newest sessions of the span, for figures that no aggregate has. */
export interface Sample {
  rows: SessionRow[];
  /** The span has more sessions than these. */
  isCut: boolean;
}

export async function readSample(signal: AbortSignal): Promise<Sample> {
  const rows: SessionRow[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < SAMPLE_PAGES; page++) {
    const path = aggregate("/analytics/sessions", { bots: "include", limit: 100, cursor });
    const answer: List<SessionRow> = await call(path, { signal });
    rows.push(...answer.data);
    cursor = answer.next_cursor;
    if (cursor === null) break;
  }
  return { rows, isCut: cursor !== null };
}
