/** acts.js, the tracker's later part: everything that a page view need not wait for. Loaded once the page is idle. */
import type { FullKit, Kit } from "../../kit";
import { captureActivity } from "./activity";
import { tellAnswers } from "./answers";
import { askConsent } from "./ask";
import { keepBounds } from "./bounds";
import { cleanTexts } from "./clean";
import { captureClicks } from "./clicks";
import { askDevice } from "./device";
import { joinDomain } from "./domain";
import { captureErrors } from "./errors";
import { noteFirstVisit } from "./first-visit";
import { followHash } from "./hash";
import { followHistory } from "./history";
import { moveOn } from "./move";
import { followOrders } from "./recording";
import { recover } from "./recover";
import { tellRejections } from "./rejections";
import { captureScroll } from "./scroll";
import { socketFor } from "./socket";
import { keepInTab } from "./tab";
import { measureVitals } from "./vitals";

/** Starts all parts. Events go out once texts can be cleaned, which waits for what the hosts of a domain share. */
export async function start(lent: Kit): Promise<void> {
  const kit: FullKit = { ...lent, mayStore: () => (lent.consentNow() ?? "granted") === "granted" };
  askConsent(kit);
  followHash(kit);
  followHistory(kit);
  keepBounds(kit);
  moveOn(kit);
  kit.plug.socket = socketFor(kit.options);
  tellRejections(kit);
  captureActivity(kit);
  captureScroll(kit);
  captureClicks(kit);
  captureErrors(kit);
  tellAnswers(kit);
  followOrders(kit);
  noteFirstVisit(kit);
  askDevice(kit);
  keepInTab(kit);
  await joinDomain(kit);
  // From here on events may go out.
  cleanTexts(kit);
  recover(kit);
  measureVitals(kit);
  kit.flushQueue();
}
