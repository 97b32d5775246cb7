import { useEffect } from "preact/hooks";
import type { Clock } from "./clock";

const STEP_MS = 5_000;
/** A frame that is later than this (a tab in the background) counts as this much, because nobody was watching. */
const LATE_FRAME_MS = 500;

/** Advances the clock with each frame while it plays. */
export function useTicking(clock: Clock): void {
  const isPlaying = clock.playing.value;
  useEffect(() => {
    if (!isPlaying) return;
    let last = performance.now();
    let frame = requestAnimationFrame(function next(time) {
      clock.tick(Math.min(LATE_FRAME_MS, Math.max(0, time - last)));
      last = time;
      if (clock.playing.value) frame = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(frame);
  }, [clock, isPlaying]);
  useEffect(
    () => () => {
      clock.playing.value = false;
    },
    [clock],
  );
}

const takesKeys = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA|BUTTON|A|SUMMARY)$/.test(target.tagName);

/** Space plays and pauses, the arrows seek five seconds; off while a focused control needs these keys. */
export function useKeys(clock: Clock): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || takesKeys(event.target)) return;
      if (event.key === " ") {
        if (clock.now.value >= clock.to) clock.seek(clock.from);
        clock.playing.value = !clock.playing.value;
      } else if (event.key === "ArrowLeft") clock.seek(clock.now.value - STEP_MS);
      else if (event.key === "ArrowRight") clock.seek(clock.now.value + STEP_MS);
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [clock]);
}
