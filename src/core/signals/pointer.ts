/** How a pointer moves, as counts: enough to tell a hand from a program, without the path. */
export interface Pointer {
  /** The last known place, CSS pixels; null before any. */
  x: number | null;
  y: number | null;
  /** Points seen, and the paths (one a flush) that brought them. */
  points: number;
  paths: number;
  /** Paths of one or two points that began far from where the pointer was. */
  jumps: number;
  /** Pairs of neighbouring steps compared, and how many of them went on in the same direction, at the same speed. */
  pairs: number;
  straight: number;
  even: number;
}

export const newPointer = (): Pointer => ({
  x: null,
  y: null,
  points: 0,
  paths: 0,
  jumps: 0,
  pairs: 0,
  straight: 0,
  even: 0,
});

/** A shorter step says nothing of direction, because a page hears whole pixels only. */
const MIN_STEP_PX = 8;
/** A pause longer than this ends a stroke, ms. */
const STROKE_GAP_MS = 250;
/** Sine of the angle up to which a step goes straight on: 3.4 degrees, what rounding to pixels makes of a straight line. */
const STRAIGHT_SINE = 0.06;
/** Speeds within a tenth of each other are one speed. */
const EVEN_SHARE = 0.1;
/** A hand does not come farther than this between two samples. */
const JUMP_PX = 200;
/** Points read of one path. The tracker sends at most 50; other senders may send more. */
const MAX_POINTS = 64;

type Point = [dt: number, x: number, y: number];

const isFigure = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

const isPoint = (value: unknown): value is Point =>
  Array.isArray(value) && isFigure(value[0]) && isFigure(value[1]) && isFigure(value[2]);

interface Step {
  dx: number;
  dy: number;
  length: number;
  speed: number;
}

/** Folds one `mousemove`: its path, or the one place it names. Changes `pointer`. */
export function move(pointer: Pointer, path: unknown, x: unknown, y: unknown): void {
  const given = Array.isArray(path) ? path.slice(0, MAX_POINTS).filter(isPoint) : [];
  const points: Point[] = given.length > 0 ? given : isFigure(x) && isFigure(y) ? [[0, x, y]] : [];
  const [first] = points;
  if (!first) return;
  pointer.paths += 1;
  pointer.points += points.length;
  if (points.length <= 2 && isFar(pointer, first)) pointer.jumps += 1;
  let before: Step | null = null;
  let [, lastX, lastY] = first;
  for (let i = 1; i < points.length; i++) {
    const [dt, px, py] = points[i] ?? first;
    const step = stepOf(dt, px - lastX, py - lastY);
    if (dt > STROKE_GAP_MS || dt < 0) before = null;
    else if (step) {
      if (before) compare(pointer, before, step);
      before = step;
    }
    lastX = px;
    lastY = py;
  }
  pointer.x = lastX;
  pointer.y = lastY;
}

/** Not `Math.hypot`: it guards against overflow, which pixels do not need, and takes several times as long. */
const distance = (dx: number, dy: number): number => Math.sqrt(dx * dx + dy * dy);

const isFar = ({ x, y }: Pointer, [, px, py]: Point): boolean =>
  x !== null && y !== null && distance(px - x, py - y) > JUMP_PX;

function stepOf(dt: number, dx: number, dy: number): Step | null {
  const length = distance(dx, dy);
  return length < MIN_STEP_PX ? null : { dx, dy, length, speed: length / Math.max(1, dt) };
}

function compare(pointer: Pointer, a: Step, b: Step): void {
  pointer.pairs += 1;
  const cross = Math.abs(a.dx * b.dy - a.dy * b.dx) / (a.length * b.length);
  const forward = a.dx * b.dx + a.dy * b.dy > 0;
  if (forward && cross < STRAIGHT_SINE) pointer.straight += 1;
  if (Math.abs(b.speed - a.speed) <= a.speed * EVEN_SHARE) pointer.even += 1;
}
