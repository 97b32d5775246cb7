import type { Entry, EventEntry } from "../../../core/session/entry";
import { vitalsOf } from "../../../protocol/vitals";
import { country, duration, pagePath } from "../format";

/** A log entry as a line of text. What a visitor sent is only ever shown as text. */

export interface Described {
  title: string;
  detail: string;
}

const EVENTS: Record<string, string> = {
  page_view: "Page view",
  click: "Click",
  scroll: "Scroll",
  mousemove: "Cursor",
  navigation: "Navigation",
  visibility_change: "Visibility",
  form_focus: "Field focused",
  form_change: "Field changed",
  form_submit: "Form sent",
  form_abandoned: "Form abandoned",
  rage_click: "Rage click",
  dead_click: "Dead click",
  outbound: "Link to elsewhere",
  download: "Download",
  identify: "Identify",
  error: "Error on the page",
  web_vitals: "Page speed",
};

export const eventTitle = (type: string): string => (Object.hasOwn(EVENTS, type) ? (EVENTS[type] ?? type) : type);

const texts = (...values: unknown[]): string =>
  values
    .filter((value) => value !== undefined && value !== null && value !== "" && value !== false)
    .map(String)
    .join(" · ");

/** `contact / email · 2.4 s · pasted`, then any other fields as JSON. */
function formDetail({ form, field, ms, pasted, ...rest }: Record<string, unknown> = {}): string {
  const name = [form, field].filter((part) => typeof part === "string").join(" / ");
  const more = Object.keys(rest).length > 0 ? JSON.stringify(rest) : "";
  return texts(name, typeof ms === "number" ? duration(ms) : ms, pasted === true && "pasted", more);
}

/** `LCP 1.2 s (img#hero) · INP 40 ms · CLS 0.02`. */
function speedDetail(data: Record<string, unknown> = {}): string {
  const said = Object.entries(vitalsOf(data)).map(([name, value]) => {
    const element = data[`${name}_element`];
    const where = typeof element === "string" ? ` (${element})` : "";
    return `${name.toUpperCase()} ${name === "cls" ? value : duration(value)}${where}`;
  });
  return texts(...said);
}

function eventDetail({ event_type, page, element, detail }: EventEntry): string {
  const { x, y, scroll_percent, data } = detail ?? {};
  const place = x === undefined ? "" : `at ${Math.round(x)}, ${Math.round(y ?? 0)}`;
  switch (event_type) {
    case "page_view":
      return pagePath(page ?? "");
    case "scroll":
      return scroll_percent === undefined ? "" : `to ${Math.round(scroll_percent)} %`;
    case "mousemove":
      return texts(Array.isArray(data?.["path"]) ? `${data["path"].length} points` : "", place);
    case "form_focus":
    case "form_change":
    case "form_submit":
    case "form_abandoned":
      return formDetail(data);
    case "visibility_change":
      return data?.["state"] === "hidden" ? "hidden" : "visible";
    case "web_vitals":
      return speedDetail(data);
    default:
      return texts(element, place, data && JSON.stringify(data));
  }
}

export function describe(entry: Entry): Described {
  switch (entry.kind) {
    case "start":
      return {
        title: "Session starts",
        detail: texts(pagePath(entry.page), entry.referrer && `from ${entry.referrer}`),
      };
    case "event":
      return { title: entry.name ?? eventTitle(entry.event_type), detail: eventDetail(entry) };
    case "settled": {
      const gone = entry.gone.reduce((sum, [from, to]) => sum + to - from + 1, 0);
      const rejected = entry.rejected.length + (entry.unnumbered_rejected ?? 0);
      return {
        title: "Not taken",
        detail: texts(rejected && `${rejected} refused`, gone && `${gone} dropped by the page`),
      };
    }
    case "consent":
      return { title: "Consent", detail: entry.consent };
    case "network": {
      const { country: code, asn_class } = entry.network;
      return { title: "Network changes", detail: texts(code && country(code), asn_class) };
    }
    case "detail":
      return { title: "More is known of the device", detail: entry.device?.user_agent ?? "" };
    case "identify":
      return { title: "Identity learnt", detail: entry.learnt.join(", ") };
    case "identity": {
      const { fingerprint, address } = entry.answer;
      const sessions = (of: { sessions: number } | null, what: string) =>
        of && `${of.sessions} ${of.sessions === 1 ? "session" : "sessions"} of this ${what}`;
      return {
        title: "Identity answers",
        detail: texts(sessions(fingerprint, "fingerprint"), sessions(address, "address")),
      };
    }
    case "lead":
      return {
        title: "Lead",
        detail: texts(entry.lead.submit_ms !== null && `after ${duration(entry.lead.submit_ms)}`),
      };
    case "end":
      return { title: "Session ends", detail: entry.reason === "idle" ? "nothing more came" : "said by the page" };
  }
}
