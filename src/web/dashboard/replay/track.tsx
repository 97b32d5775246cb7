import { useMemo } from "preact/hooks";
import type { Entry } from "../../../core/session/entry";
import type { Firing } from "../api/types";
import { clock as clockText, pagePath } from "../format";
import { SCORE_NAMES, SCORE_TITLES } from "../parts/score";
import type { Clock } from "./clock";
import type { Scene } from "./scene";

const CLASSES: Readonly<Record<string, string>> = {
  click: "act",
  rage_click: "bad",
  dead_click: "bad",
  form_focus: "form",
  form_change: "form",
  form_submit: "form",
  form_abandoned: "bad",
  error: "bad",
};

interface TrackProps {
  scene: Scene;
  clock: Clock;
  entries: readonly Entry[];
  ledger: readonly Firing[];
}

const STEP_MS = 5_000;

/** The x of a moment on the track, 0 to 1,000. */
const placeOn =
  ({ from, to }: Clock) =>
  (at: number): number =>
    ((Math.min(to, Math.max(from, at)) - from) / (to - from)) * 1_000;

/** Pages, the times they were hidden, and the visitor's acts. */
function Acts({ scene, clock, entries }: Omit<TrackProps, "ledger">) {
  const place = placeOn(clock);
  return (
    <g>
      {scene.sheets.map(({ page, from, to }, i) => (
        <rect
          key={`${i} ${from}`}
          class={i % 2 ? "sheet odd" : "sheet"}
          x={place(from)}
          width={Math.max(1, place(to) - place(from))}
          y="14"
          height="26"
        >
          <title>{pagePath(page)}</title>
        </rect>
      ))}
      {scene.hidden.map(([from, to]) => (
        <rect key={from} class="away" x={place(from)} width={place(to) - place(from)} y="14" height="26" />
      ))}
      {entries.map((entry) =>
        entry.kind === "event" && Object.hasOwn(CLASSES, entry.event_type) ? (
          <rect
            key={entry.seq}
            class={`tick ${CLASSES[entry.event_type]}`}
            x={place(entry.at)}
            width="1.6"
            y="22"
            height="14"
          />
        ) : null,
      )}
    </g>
  );
}

/** Each rule where it fired, in the lane of its score. */
function Marks({ clock, ledger }: Pick<TrackProps, "clock" | "ledger">) {
  const place = placeOn(clock);
  return (
    <svg viewBox="0 0 1000 16" preserveAspectRatio="none" aria-hidden="true">
      {ledger.map(({ rule, score, at, seq, points }) => (
        <rect
          key={`${rule} ${seq}`}
          class={`fired-mark ${score}`}
          data-rule={rule}
          x={Math.max(0, place(at) - 2)}
          width="4"
          y={SCORE_NAMES.indexOf(score) * 4}
          height="4"
        >
          <title>{`${clockText(at - clock.from)} ${SCORE_TITLES[score]} +${points} ${rule}`}</title>
        </rect>
      ))}
    </svg>
  );
}

/** The session's time line, with the moment that is shown. */
export function Track({ scene, clock, entries, ledger }: TrackProps) {
  const { from, to } = clock;
  const now = clock.now.value;
  // Memoized: a long session has thousands of marks, too many to draw in each frame.
  const acts = useMemo(() => <Acts scene={scene} clock={clock} entries={entries} />, [scene, clock, entries]);
  const marks = useMemo(() => <Marks clock={clock} ledger={ledger} />, [clock, ledger]);
  const step = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowLeft" ? -STEP_MS : event.key === "ArrowRight" ? STEP_MS : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    clock.seek(clock.now.value + by);
  };
  const place = placeOn(clock)(now);
  return (
    <div class="track">
      <svg viewBox="0 0 1000 40" preserveAspectRatio="none" aria-hidden="true">
        {acts}
        <rect class="gone" x="0" width={place} y="14" height="26" />
        <rect class="needle" x={place} width="1.5" y="0" height="40" />
      </svg>
      <div class="fired-marks">{marks}</div>
      <input
        type="range"
        min={from}
        max={to}
        // No coarser step: the range's length is no multiple of it, so the last moment could not be reached.
        step="any"
        value={now}
        aria-label="Moment of the session"
        aria-valuetext={`${clockText(now - from)} of ${clockText(to - from)}`}
        onKeyDown={step}
        onInput={({ currentTarget }) => clock.seek(Number(currentTarget.value))}
      />
    </div>
  );
}
