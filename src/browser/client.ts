import { captureClicks } from "./capture/clicks";
import { capturePages } from "./capture/pages";
import type { Record } from "./capture/record";
import { captureScroll } from "./capture/scroll";
import { captureVisibility } from "./capture/visibility";
import { setConsent } from "./consent";
import { Delivery } from "./delivery";
import { emit } from "./hooks";
import type { Options } from "./options";
import { pageUrl } from "./page";
import { listen } from "./safe";

/** The running tracker of a page. */
export interface Client {
  record: Record;
  delivery: Delivery;
}

/** Starts capturing and delivering. The page view comes first, so that it is number 1 of its stream. */
export function startClient(options: Options): Client {
  setConsent(options.consent);
  const delivery = new Delivery(options);
  const record: Record = (event) => {
    const full = { ...event, timestamp: Date.now(), page: pageUrl() };
    delivery.add(JSON.stringify(full));
    emit("event", full);
  };
  capturePages(record);
  captureClicks(record);
  captureScroll(record);
  captureVisibility(record);
  // After the captures, so that what they record while the page leaves is in the beacon.
  listen("visibilitychange", () => (document.hidden ? delivery.leave() : delivery.resume()));
  listen("pagehide", () => {
    delivery.leave();
    delivery.disconnect();
  });
  listen("pageshow", () => delivery.resume());
  return { record, delivery };
}
