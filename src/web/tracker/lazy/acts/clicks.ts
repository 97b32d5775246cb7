import { isWithin } from "../../../../core/session/calls/domain";
import { elementPath } from "../../capture/element";
import { subject } from "../../capture/subject";
import type { Kit } from "../../kit";
import { RAGE_CLICKS, RAGE_MS, RAGE_PX } from "../../limits";
import { listen } from "../../safe";
import { deadClicks } from "./dead";

const DOWNLOAD = /\.(pdf|zip|gz|dmg|exe|msi|apk|csv|docx?|xlsx?|pptx?|mp[34])$/i;

/** Records what a click means: rage, a dead click, leaving, a download, or an event that the page has named. */
export function captureClicks(kit: Kit): void {
  const rage = rageCounter();
  const watch = deadClicks(kit);
  listen("click", (event) => {
    const target = subject(event);
    if (!target) return;
    const act = { x: Math.round(event.pageX), y: Math.round(event.pageY), element: elementPath(target) };
    if (rage(event)) kit.recordEvent({ event_type: "rage_click", ...act });
    follow(target, kit);
    named(target, kit);
    // A dead click is recorded later, but with the time and page of the click.
    const then = { timestamp: Date.now(), page: location.href };
    watch(event, () => kit.recordEvent({ event_type: "dead_click", ...then, ...act }));
  });
}

/** True for the third click in a row at one place. */
function rageCounter(): (event: MouseEvent) => boolean {
  let burst: MouseEvent[] = [];
  return (event) => {
    const { timeStamp, pageX, pageY } = event;
    burst = burst.filter(
      (one) =>
        timeStamp - one.timeStamp < RAGE_MS && Math.abs(one.pageX - pageX) + Math.abs(one.pageY - pageY) < RAGE_PX,
    );
    return burst.push(event) === RAGE_CLICKS;
  };
}

/** Records a link out of the site, or to a file. */
function follow(target: Element, { options, recordEvent, cleanUrl }: Kit): void {
  const link = target.closest<HTMLAnchorElement>("a[href]");
  const href = link && cleanUrl(link.href);
  if (!href) return;
  if (link.hasAttribute("download") || DOWNLOAD.test(link.pathname))
    recordEvent({ event_type: "download", data: { href } });
  else if (link.host !== location.host && !(options.domain && isWithin(options.domain, link.hostname)))
    recordEvent({ event_type: "outbound", data: { href } });
}

/** `data-pulse-event="signup.open"`, with the element's other `data-pulse-…` attributes as its data. */
function named(target: Element, { recordEvent }: Kit): void {
  const { pulseEvent, ...rest } = target.closest<HTMLElement>("[data-pulse-event]")?.dataset ?? {};
  if (!pulseEvent) return;
  const said = Object.entries(rest).filter(([name]) => /^pulse[A-Z]/.test(name));
  const data = Object.fromEntries(said.map(([name, value]) => [name.slice(5).toLowerCase(), value]));
  recordEvent({ event_type: pulseEvent, data });
}
