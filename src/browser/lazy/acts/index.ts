/** The tracker's later part, loaded once the page is idle: what no page view has to wait for. */
import type { Kit, Lent } from "../../kit";
import { captureActivity } from "./activity";
import { captureClicks } from "./clicks";
import { askDevice } from "./device";
import { captureErrors } from "./errors";
import { followOrders } from "./recording";
import { recover } from "./recover";
import { captureScroll } from "./scroll";
import { socketFor } from "./socket";

export function start(...lent: Lent): void {
  const [options, plug, page, record, cleanUrl, adopt, on, mayStore, restart] = lent;
  const kit: Kit = { options, plug, page, record, cleanUrl, adopt, on, mayStore, restart };
  kit.plug.socket = socketFor(kit.options);
  captureActivity(kit);
  captureScroll(kit);
  captureClicks(kit);
  captureErrors(kit);
  followOrders(kit);
  recover(kit);
  askDevice(kit);
}
