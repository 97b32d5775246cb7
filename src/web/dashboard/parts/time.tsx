import { signal } from "@preact/signals";
import { absoluteTime, NOTHING, relativeTime } from "../format";
import { TICK_MS } from "../limits";

/** The viewer's clock, for words such as "3 min ago". */
export const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, TICK_MS);

/** An instant in the viewer's zone: short, with the full time on hover. */
export function Time({ at }: { at: number | null | undefined }) {
  if (at == null) return <span>{NOTHING}</span>;
  // `now` is only updated every few seconds; a newer instant must not appear to lie in the future.
  const seen = Math.max(now.value, Math.min(at, Date.now()));
  return (
    <time dateTime={new Date(at).toISOString()} title={absoluteTime(at)}>
      {relativeTime(at, seen)}
    </time>
  );
}
