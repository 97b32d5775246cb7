import type { Entry, EventEntry } from "../../../core/session/entry";
import type { Stretch } from "./clock";

/** A log prepared for replay. Pure; every list is in order of time. */

export interface Point {
  at: number;
  x: number;
  y: number;
}

interface ClickMark extends Point {
  seq: number;
  type: string;
  element: string;
}

/** One page, from its view to the next. */
export interface Sheet {
  page: string;
  from: number;
  to: number;
  points: Point[];
  clicks: ClickMark[];
  scrolls: { at: number; percent: number }[];
}

interface FieldAct {
  at: number;
  form: string;
  field: string;
  what: "focused" | "changed" | "sent" | "abandoned";
  detail: string;
}

export interface Scene {
  from: number;
  to: number;
  /** In CSS pixels; a common size if not known. */
  screen: { width: number; height: number };
  sheets: Sheet[];
  fields: FieldAct[];
  hidden: Stretch[];
  /** Times at which anything happened. */
  moments: number[];
}

const COMMON = { width: 1440, height: 900 };
const CLICKS = new Set(["click", "rage_click", "dead_click"]);

const isEvent = (entry: Entry): entry is EventEntry => entry.kind === "event";

/** The points of a path, `[ms since the last, x, y]` each. The last point has the event's own time. */
function pointsOf({ at, detail }: EventEntry): Point[] {
  const { path } = detail?.data ?? {};
  const steps = Array.isArray(path) ? path.filter(isStep) : [];
  const length = steps.slice(1).reduce((sum, [ms]) => sum + ms, 0);
  let time = at - length;
  const points = steps.map(([ms, x, y], i) => {
    if (i > 0) time += ms;
    return { at: time, x, y };
  });
  if (points.length > 0) return points;
  return detail?.x === undefined || detail.y === undefined ? [] : [{ at, x: detail.x, y: detail.y }];
}

/** Pages may send anything, so only steps of finite numbers are used. */
const isStep = (step: unknown): step is [ms: number, x: number, y: number] =>
  Array.isArray(step) && step.length >= 3 && step.slice(0, 3).every((one) => Number.isFinite(one)) && step[0] >= 0;

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function fieldActOf({ at, event_type, detail }: EventEntry): FieldAct[] {
  const data = detail?.data ?? {};
  const [form, field] = [text(data["form"]), text(data["field"])];
  const base = { at, form, field };
  switch (event_type) {
    case "form_focus":
      return [{ ...base, what: "focused", detail: text(data["type"]) }];
    case "form_change": {
      const said = [
        typeof data["ms"] === "number" ? `after ${(data["ms"] / 1_000).toFixed(1)} s` : "",
        data["pasted"] === true ? "pasted" : "",
        typeof data["corrections"] === "number" ? `${data["corrections"]} corrections` : "",
      ];
      return [{ ...base, what: "changed", detail: said.filter(Boolean).join(", ") }];
    }
    case "form_submit":
      return [{ ...base, what: "sent", detail: "" }];
    case "form_abandoned":
      return [{ ...base, what: "abandoned", detail: "" }];
    default:
      return [];
  }
}

export function sceneOf(entries: readonly Entry[]): Scene {
  const start = entries.find((entry) => entry.kind === "start");
  const from = entries[0]?.at ?? 0;
  const to = Math.max(from + 1_000, entries.at(-1)?.at ?? 0);
  const { width, height } = start?.screen ?? {};
  const screen = { width: width || COMMON.width, height: height || COMMON.height };
  const scene: Scene = { from, to, screen, sheets: [], fields: [], hidden: [], moments: [] };
  let hiddenAt: number | null = null;
  const open = (page: string, at: number): Sheet => {
    const before = scene.sheets.at(-1);
    if (before) before.to = at;
    const sheet: Sheet = { page, from: at, to, points: [], clicks: [], scrolls: [] };
    scene.sheets.push(sheet);
    return sheet;
  };
  let sheet = open(start?.page ?? entries.find(isEvent)?.page ?? "", from);
  for (const entry of entries) {
    if (entry.kind !== "end") scene.moments.push(entry.at);
    if (!isEvent(entry)) continue;
    const { event_type: type, at, page, detail } = entry;
    if (type === "page_view" && (page !== sheet.page || at > sheet.from)) {
      // The first view is usually of the page the session began on: replace its empty sheet.
      if (scene.sheets.length === 1 && isBlank(sheet)) scene.sheets.pop();
      sheet = open(page ?? sheet.page, scene.sheets.length === 0 ? from : at);
    } else if (type === "mousemove") sheet.points.push(...pointsOf(entry));
    else if (CLICKS.has(type) && detail?.x !== undefined && detail.y !== undefined) {
      sheet.clicks.push({ at, type, seq: entry.seq, x: detail.x, y: detail.y, element: entry.element ?? "" });
      sheet.points.push({ at, x: detail.x, y: detail.y });
    } else if (type === "scroll" && detail?.scroll_percent !== undefined) {
      sheet.scrolls.push({ at, percent: detail.scroll_percent });
    } else if (type === "visibility_change") {
      const isHidden = detail?.data?.["state"] === "hidden";
      if (isHidden) hiddenAt ??= at;
      else if (hiddenAt !== null) {
        scene.hidden.push([hiddenAt, at]);
        hiddenAt = null;
      }
    }
    scene.fields.push(...fieldActOf(entry));
  }
  if (hiddenAt !== null) scene.hidden.push([hiddenAt, to]);
  for (const one of scene.sheets) one.points.sort((a, b) => a.at - b.at);
  return scene;
}

const isBlank = ({ points, clicks, scrolls }: Sheet): boolean => points.length + clicks.length + scrolls.length === 0;

/** Index of the last item at or before a moment; -1 before the first. */
export function lastAt(list: readonly { at: number }[], at: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export const sheetAt = ({ sheets }: Scene, at: number): Sheet | undefined =>
  sheets.findLast(({ from }) => from <= at) ?? sheets[0];

export const isWithin = (stretches: readonly Stretch[], at: number): boolean =>
  stretches.some(([from, to]) => at >= from && at < to);
