import type { Kit } from "../../kit";
import { ACTIVE_MS, PATH_POINTS, POINT_MS } from "../../limits";
import { listen, PASSIVE, safe } from "../../safe";

/**
 * Records the sampled path of the pointer, as one event per flush. While somebody is active there is an event at least every 10 s,
 * so that engaged time can be counted. After keys or wheel alone, its path is empty.
 */
export function captureActivity({ recordEvent, plug }: Kit): void {
  let path: number[][] = [];
  let at = 0;
  let timer = 0;
  const say = safe(() => {
    clearTimeout(timer);
    timer = 0;
    const said = path;
    path = [];
    const [, x, y] = said[said.length - 1] ?? [];
    recordEvent({ event_type: "mousemove", x, y, data: { path: said } });
  });
  const gather = (): void => {
    if (path[0]) say();
  };
  const note = (event: Event): void => {
    timer ||= setTimeout(say, ACTIVE_MS);
    if (event.type !== "pointermove" || event.timeStamp - at < POINT_MS) return;
    const { pageX, pageY, timeStamp } = event as PointerEvent;
    path.push([path[0] ? timeStamp - at : 0, pageX, pageY].map(Math.round));
    at = timeStamp;
    if (path.length >= PATH_POINTS) say();
  };
  for (const type of ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"] as const)
    listen(type, note, PASSIVE);
  plug.gather = gather;
}
