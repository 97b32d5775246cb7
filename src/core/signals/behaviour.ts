import { VITALS_TYPE } from "../../protocol/types";
import { beat, type Cadence, newCadence } from "./cadence";
import { move, newPointer, type Pointer } from "./pointer";
import { add, newSpread, type Spread } from "./spread";
import { Topic } from "./topic";

/** How a visitor's acts are made: counts and running figures, whose size does not grow. */
export interface Behaviour {
  pointer: Pointer;
  clicks: number;
  /** Clicks at a place. Clicks by keyboard are at 0, 0. */
  pointed_clicks: number;
  /** Clicks that a script made. */
  untrusted_clicks: number;
  click_rhythm: Cadence;
  /** Clicks, fields, pages and custom events: what somebody decides to do. */
  deed_rhythm: Cadence;
  scrolls: number;
  /** Scrolls without a wheel, touch, key or pointer before them. */
  scrolls_without_input: number;
  scroll_rhythm: Cadence;
  /** How far each scroll went, per cent of the page. Scrolls that did not move are left out. */
  scroll_steps: Spread;
  last_depth: number | null;
  /** When the page went out of sight, epoch ms; null while it is seen. */
  away_since: number | null;
  /** Times it was seen again after 30 s or more. */
  returns: number;
  /** When the page shown now was opened, epoch ms. */
  page_at: number | null;
  /** When the form that is being filled was begun, and the fields changed since. */
  form_since: number | null;
  form_fields: number;
  submits: number;
  /** The quickest form: ms a field, of forms with two fields or more. */
  ms_per_field: number | null;
  /** The quickest submit: ms after its page was opened. */
  submit_ms: number | null;
}

export const newBehaviour = (): Behaviour => ({
  pointer: newPointer(),
  clicks: 0,
  pointed_clicks: 0,
  untrusted_clicks: 0,
  click_rhythm: newCadence(),
  deed_rhythm: newCadence(),
  scrolls: 0,
  scrolls_without_input: 0,
  scroll_rhythm: newCadence(),
  scroll_steps: newSpread(),
  last_depth: null,
  away_since: null,
  returns: 0,
  page_at: null,
  form_since: null,
  form_fields: 0,
  submits: 0,
  ms_per_field: null,
  submit_ms: null,
});

/** The part of a visitor's event that says how it was made. */
export interface Act {
  /** Epoch ms. */
  at: number;
  event_type: string;
  detail?: { x?: number; y?: number; scroll_percent?: number; data?: Record<string, unknown> };
}

/** The part of a session that an act is folded into. */
export interface Observed {
  behaviour: Behaviour;
  /** The session's start, and its latest act (null before any), epoch ms. */
  started_at: number;
  last_event_at: number | null;
}

/** Coming back counts as a return after this long away, ms. */
const RETURN_MS = 30_000;

/** Folds one act into `state.behaviour` and says what may have changed, as `Topic` bits. */
export function observe(state: Observed, entry: Act): number {
  const { behaviour } = state;
  const { at, event_type } = entry;
  // A page that was offline delivers acts that are older than what another page has done since.
  const isNewest = at >= (state.last_event_at ?? at);
  const data = entry.detail?.data;
  switch (event_type) {
    case "mousemove":
      move(behaviour.pointer, data?.["path"], entry.detail?.x, entry.detail?.y);
      return Topic.act | Topic.pointer;
    case "click":
    case "rage_click":
    case "dead_click":
      click(behaviour, entry, at);
      return Topic.act | Topic.click | Topic.deed;
    case "scroll":
      scroll(behaviour, entry, at);
      return Topic.act | Topic.scroll;
    case "visibility_change":
      return isNewest ? see(behaviour, data?.["state"] === "hidden", at) : Topic.act;
    case "form_focus":
    case "form_change":
      behaviour.form_since ??= at;
      if (event_type === "form_change") behaviour.form_fields += 1;
      beat(behaviour.deed_rhythm, at);
      return Topic.act | Topic.deed;
    case "form_submit":
      submit(state, data, at);
      return Topic.act | Topic.deed | Topic.form | Topic.lead;
    case "page_view":
      if (isNewest) behaviour.page_at = at;
      beat(behaviour.deed_rhythm, at);
      return Topic.act | Topic.deed;
    case "error":
    case "identify":
      return Topic.act;
    case VITALS_TYPE:
      return 0;
    default:
      beat(behaviour.deed_rhythm, at);
      return Topic.act | Topic.deed;
  }
}

function click(behaviour: Behaviour, { event_type, detail }: Act, at: number): void {
  // A rage or dead click tells more of a click that is already counted.
  if (event_type !== "click") return;
  behaviour.clicks += 1;
  if (detail?.data?.["trusted"] === false) behaviour.untrusted_clicks += 1;
  if (detail?.x || detail?.y) behaviour.pointed_clicks += 1;
  beat(behaviour.click_rhythm, at);
  beat(behaviour.deed_rhythm, at);
}

function scroll(behaviour: Behaviour, { detail }: Act, at: number): void {
  behaviour.scrolls += 1;
  if (detail?.data?.["input"] === false) behaviour.scrolls_without_input += 1;
  beat(behaviour.scroll_rhythm, at);
  const depth = detail?.scroll_percent;
  if (depth === undefined) return;
  const step = Math.abs(depth - (behaviour.last_depth ?? 0));
  if (step > 0) add(behaviour.scroll_steps, step);
  behaviour.last_depth = depth;
}

function see(behaviour: Behaviour, isHidden: boolean, at: number): number {
  if (isHidden) {
    behaviour.away_since ??= at;
    return Topic.act;
  }
  const away = behaviour.away_since === null ? 0 : at - behaviour.away_since;
  behaviour.away_since = null;
  if (away < RETURN_MS) return Topic.act;
  behaviour.returns += 1;
  return Topic.act | Topic.visibility;
}

function submit(state: Observed, data: Record<string, unknown> | undefined, at: number): void {
  const { behaviour } = state;
  behaviour.submits += 1;
  beat(behaviour.deed_rhythm, at);
  const { page_at, form_since } = behaviour;
  // A page opened, or a form begun, after the submit is another one.
  const opened_at = page_at !== null && page_at <= at ? page_at : state.started_at;
  const since = at - opened_at;
  behaviour.submit_ms = Math.min(behaviour.submit_ms ?? since, since);
  const fields = figure(data?.["fields"]) ?? behaviour.form_fields;
  const own = form_since === null || form_since > at ? null : at - form_since;
  // A page's claim counts only if it can be true: a form cannot take longer than the session.
  const claimed = figure(data?.["ms"]);
  const ms = claimed !== null && claimed <= at - state.started_at ? claimed : own;
  if (ms !== null && fields >= 2) {
    behaviour.ms_per_field = Math.min(behaviour.ms_per_field ?? Number.MAX_SAFE_INTEGER, Math.round(ms / fields));
  }
  behaviour.form_since = null;
  behaviour.form_fields = 0;
}

const figure = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
