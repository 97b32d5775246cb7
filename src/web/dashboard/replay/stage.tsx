import type { ReadonlySignal } from "@preact/signals";
import { pagePath } from "../format";
import { RING_MS } from "../limits";
import { seenAt } from "./camera";
import { isWithin, type Scene, sheetAt } from "./scene";

const RULE_PX = 100;

/** Cursor and clicks where they were on the page, in its own CSS pixels, without a picture of the page. */
export function Stage({ scene, now }: { scene: Scene; now: ReadonlySignal<number> }) {
  const at = now.value;
  const sheet = sheetAt(scene, at);
  if (!sheet) return null;
  const { top, width, height, cursor, trail, scrolled } = seenAt(sheet, scene.screen, at);
  const isHidden = isWithin(scene.hidden, at);
  const clicks = sheet.clicks.filter((click) => click.at <= at);
  const rules = Array.from(
    { length: Math.ceil(height / RULE_PX) + 1 },
    (_, i) => (Math.floor(top / RULE_PX) + i) * RULE_PX,
  );
  return (
    <div class="stage">
      <p class="stage-page" title={sheet.page}>
        {pagePath(sheet.page)}
        <span class="soft">
          {scrolled === null ? "" : `scrolled to ${Math.round(scrolled)} %`}
          {top > 0 ? ` · from ${top} px` : ""}
        </span>
      </p>
      <svg
        viewBox={`0 ${top} ${width} ${height}`}
        role="img"
        aria-label={`${isHidden ? "Hidden page" : "Page"}, ${clicks.length} clicks so far`}
      >
        {rules.map((y) => (
          <line key={y} class="rule" x1="0" x2={width} y1={y} y2={y} />
        ))}
        {clicks.map(({ seq, type, x, y, at: made }) => (
          <g key={`${seq} ${type}`} class={`made ${type}`} data-x={x} data-y={y}>
            <circle cx={x} cy={y} r="9" />
            {at - made < RING_MS && <circle class="ring" cx={x} cy={y} r={12 + ((at - made) / RING_MS) * 34} />}
          </g>
        ))}
        {trail.length > 1 && <polyline class="trail" points={trail.map(({ x, y }) => `${x},${y}`).join(" ")} />}
        {cursor && (
          <path class="cursor" transform={`translate(${cursor.x} ${cursor.y})`} d="M0 0v26l7-6 5 11 5-2-5-11h9z" />
        )}
        {isHidden && <rect class="veil" x="0" y={top} width={width} height={height} />}
      </svg>
      {isHidden && <p class="stage-word">The page is hidden</p>}
    </div>
  );
}
