import { signal } from "@preact/signals";
import { absoluteTime, NOTHING, relativeTime } from "../format";
import { TICK_MS } from "../limits";

/** The viewer's clock, for words such as "3 min ago". */
export const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, TICK_MS);

/** An instant in the viewer's zone: short to read, whole on hover. */
export function Time({ at }: { at: number | null | undefined }) {
  if (at == null) return <span>{NOTHING}</span>;
  // What has just come is younger than the last tick.
  const seen = Math.max(now.value, Math.min(at, Date.now()));
  return (
    <time dateTime={new Date(at).toISOString()} title={absoluteTime(at)}>
      {relativeTime(at, seen)}
    </time>
  );
}
