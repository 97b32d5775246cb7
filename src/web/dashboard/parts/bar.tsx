import type { ComponentChildren } from "preact";

/** A row's name over a bar as long as its share of the largest. */
export function Bar({ part, children }: { part: number; children: ComponentChildren }) {
  const width = Number.isFinite(part) ? Math.max(0, Math.min(1, part)) * 100 : 0;
  return (
    <span class="bar">
      <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect width={width} height="1" />
      </svg>
      <span class="bar-text">{children}</span>
    </span>
  );
}
