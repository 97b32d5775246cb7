import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { IDLE_GAP_MS } from "../limits";

/** A stretch of the session's time, epoch ms, half-open. */
export type Stretch = readonly [from: number, to: number];

/** The one clock of a replay; every part of it reads its moment from here. */
export interface Clock {
  /** The moment shown, in the session's own time (entries' `at`), epoch ms; from `from` to `to`. */
  now: ReadonlySignal<number>;
  playing: Signal<boolean>;
  /** 1 is as fast as it happened. */
  speed: Signal<number>;
  /** Whether each long pause is played in `IDLE_GAP_MS`. */
  skipsIdle: Signal<boolean>;
  from: number;
  to: number;
  /** Goes to a moment, playing or paused. */
  seek: (at: number) => void;
  /** Advances by `ms` of the viewer's time; called for each frame while it plays. */
  tick: (ms: number) => void;
}

/** Pauses worth skipping: longer than `IDLE_GAP_MS`, between moments in rising order. */
export function pausesOf(moments: readonly number[], to: number): Stretch[] {
  const ends = [...moments.slice(1), to];
  return moments.flatMap((at, i) => {
    const next = ends[i] ?? to;
    return next - at > IDLE_GAP_MS ? [[at, next] as const] : [];
  });
}

/** The moment `ms` of playing after `now`. Each of `pauses` takes `IDLE_GAP_MS`, however long it was. */
export function advance(now: number, ms: number, pauses: readonly Stretch[]): number {
  let at = now;
  let left = ms;
  while (left > 0) {
    const pause = pauses.find(([from, to]) => at >= from && at < to);
    const rate = pause ? (pause[1] - pause[0]) / IDLE_GAP_MS : 1;
    const end = pause ? pause[1] : (pauses.find(([from]) => from > at)?.[0] ?? Number.POSITIVE_INFINITY);
    if (left * rate < end - at) return at + left * rate;
    left -= (end - at) / rate;
    at = end;
  }
  return at;
}

export function createClock(from: number, to: number, pauses: readonly Stretch[]): Clock {
  const now = signal(from);
  const playing = signal(false);
  const speed = signal(1);
  const skipsIdle = signal(true);
  const set = (at: number): void => {
    now.value = Math.min(to, Math.max(from, at));
  };
  return {
    now,
    playing,
    speed,
    skipsIdle,
    from,
    to,
    seek: set,
    tick: (ms) => {
      set(advance(now.value, ms * speed.value, skipsIdle.value ? pauses : []));
      if (now.value >= to) playing.value = false;
    },
  };
}
