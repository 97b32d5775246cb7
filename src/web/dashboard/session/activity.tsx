import { useState } from "preact/hooks";
import type { Entry } from "../../../core/session/entry";
import type { Firing } from "../api/types";
import { absoluteTime, clock } from "../format";
import { LOG_ROWS } from "../limits";
import { SCORE_TITLES } from "../parts/score";
import { Notice } from "../parts/states";
import { describe } from "./describe";

interface ActivityProps {
  entries: readonly Entry[];
  ledger: readonly Firing[];
  startedAt: number;
}

/** The log, newest first. A rule that fired is shown under the entry that made it fire. */
export function Activity({ entries, ledger, startedAt }: ActivityProps) {
  const [shown, setShown] = useState(LOG_ROWS);
  const [withMoves, setWithMoves] = useState(false);
  const fired = Map.groupBy(ledger, ({ seq }) => seq);
  const wanted = withMoves
    ? entries
    : entries.filter((entry) => entry.kind !== "event" || entry.event_type !== "mousemove" || fired.has(entry.seq));
  const rows = wanted.slice(-shown).reverse();
  if (entries.length === 0) return <Notice title="No event yet" />;
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={withMoves}
          onChange={({ currentTarget }) => setWithMoves(currentTarget.checked)}
        />
        Cursor movements
      </label>
      <ol class="log" aria-label="What happened, newest first">
        {rows.map((entry) => {
          const { title, detail } = describe(entry);
          return (
            <li key={entry.seq} class={`log-${entry.kind}`}>
              <time dateTime={new Date(entry.at).toISOString()} title={absoluteTime(entry.at)}>
                {clock(entry.at - startedAt)}
              </time>
              <strong>{title}</strong>
              <span class="log-detail" title={detail}>
                {detail}
              </span>
              {fired.get(entry.seq)?.map((line) => (
                <span key={line.rule} class={`fired ${line.score}`}>
                  {SCORE_TITLES[line.score]} {line.points > 0 ? `+${line.points}` : "0"} {line.rule}
                </span>
              ))}
            </li>
          );
        })}
      </ol>
      {wanted.length > shown && (
        <button type="button" onClick={() => setShown(shown + LOG_ROWS)}>
          Show earlier ones ({wanted.length - shown})
        </button>
      )}
    </>
  );
}
