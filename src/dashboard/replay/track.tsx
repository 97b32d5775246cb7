import type { Entry } from "../../session/entry";
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

/** The session's whole time: pages, hidden stretches, what was done, and each rule where it fired. */
export function Track({ scene, clock, entries, ledger }: TrackProps) {
  const { from, to } = clock;
  const place = (at: number): number => ((Math.min(to, Math.max(from, at)) - from) / (to - from)) * 1_000;
  const now = clock.now.value;
  const step = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowLeft" ? -STEP_MS : event.key === "ArrowRight" ? STEP_MS : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    clock.seek(clock.now.value + by);
  };
  return (
    <div class="track">
      <svg viewBox="0 0 1000 40" preserveAspectRatio="none" aria-hidden="true">
        {scene.sheets.map(({ page, from: began, to: ended }, i) => (
          <rect
            key={began}
            class={i % 2 ? "sheet odd" : "sheet"}
            x={place(began)}
            width={Math.max(1, place(ended) - place(began))}
            y="14"
            height="26"
          >
            <title>{pagePath(page)}</title>
          </rect>
        ))}
        {scene.hidden.map(([began, ended]) => (
          <rect key={began} class="away" x={place(began)} width={place(ended) - place(began)} y="14" height="26" />
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
        <rect class="gone" x="0" width={place(now)} y="14" height="26" />
        <rect class="needle" x={place(now)} width="1.5" y="0" height="40" />
      </svg>
      <div class="fired-marks">
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
              <title>{`${clockText(at - from)} ${SCORE_TITLES[score]} +${points} ${rule}`}</title>
            </rect>
          ))}
        </svg>
      </div>
      <input
        type="range"
        min={from}
        max={to}
        step="100"
        value={now}
        aria-label="Moment of the session"
        aria-valuetext={`${clockText(now - from)} of ${clockText(to - from)}`}
        onKeyDown={step}
        onInput={({ currentTarget }) => clock.seek(Number(currentTarget.value))}
      />
    </div>
  );
}
