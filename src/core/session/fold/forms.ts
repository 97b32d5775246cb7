import { MAX_ID_UNITS } from "../../../limits";
import { NO_FORM } from "../../../protocol/no-form";
import { MINUTE_MS } from "../../../time";
import { SERVER_STREAM, streamOf } from "../../delivery/streams";
import { cutText } from "../../sources/names";
import type { EventEntry } from "../entry";
import type { OpenForm, SentForm } from "./open-form";
import type { SessionState } from "./state";

/** Begun forms followed at a time, and fields remembered of each: a page with more is a generated one. */
export const MAX_OPEN_FORMS = 8;
export const MAX_FORM_FIELDS = 64;
/** A form that is not touched for this long is abandoned: as long as the web's session time-out, so a break does not count. */
export const FORM_ABANDONED_MS = 30 * MINUTE_MS;

/** A name, cut: the page could send any length, and open forms are in the snapshot. */
const nameOf = (value: unknown): string | null => (typeof value === "string" ? cutText(value, MAX_ID_UNITS) : null);

/**
 * Folds a `form_*` event of the page into the open forms. Of open and of sent forms the newest 8 are followed. Fields outside of
 * any form are not followed.
 */
export function noteForm({ forms, sent_forms }: Pick<SessionState, "forms" | "sent_forms">, entry: EventEntry): void {
  const { event_type, detail, at, received_at, page = null } = entry;
  if (event_type !== "form_focus" && event_type !== "form_change" && event_type !== "form_submit") return;
  const form = nameOf(detail?.data?.["form"]);
  if (form === null || form === NO_FORM) return;
  if (event_type === "form_submit") noteSent(sent_forms, form, at);
  else if (sent_forms.some(([sent, sent_at]) => sent === form && at <= sent_at)) return;
  const known = forms.findIndex((open) => open.form === form);
  const open = forms[known] ?? newForm(form, page, at, received_at);
  // A submit that arrives late must not close a form that was begun after it.
  if (event_type === "form_submit" && open.first_at > at) return;
  if (known >= 0) forms.splice(known, 1);
  if (event_type === "form_submit") return;
  open.first_at = Math.min(open.first_at, at);
  open.last_at = Math.max(open.last_at, at);
  open.received_at = received_at;
  const field = nameOf(detail?.data?.["field"]);
  if (field !== null) touch(open, field);
  forms.push(open);
  if (forms.length > MAX_OPEN_FORMS) forms.shift();
}

const newForm = (form: string, page: string | null, at: number, received_at: number): OpenForm => ({
  form,
  page,
  first_at: at,
  last_at: at,
  last_field: null,
  fields: [],
  received_at,
});

function noteSent(sent: SentForm[], form: string, at: number): void {
  const known = sent.findIndex(([name]) => name === form);
  const [, before = 0] = known >= 0 ? (sent.splice(known, 1)[0] ?? []) : [];
  sent.push([form, Math.max(at, before)]);
  if (sent.length > MAX_OPEN_FORMS) sent.shift();
}

function touch(open: OpenForm, field: string): void {
  open.last_field = field;
  if (!open.fields.includes(field) && open.fields.length < MAX_FORM_FIELDS) open.fields.push(field);
}

const deadlineOf = ({ ended_at, end_taken_at }: SessionState, form: OpenForm): number =>
  ended_at === null ? form.received_at + FORM_ABANDONED_MS : (end_taken_at ?? ended_at);

/** When the next open form counts as abandoned, epoch ms: half an hour after the last act on it, or with the session's end. */
export const abandonedAt = (state: SessionState): number | null =>
  state.forms.length > 0 ? Math.min(...state.forms.map((form) => deadlineOf(state, form))) : null;

/** Pure: the events that say which forms are abandoned at `now`, in the actor's own stream. */
export function abandonments(state: SessionState, now: number): EventEntry[] {
  const through = streamOf(state.streams, SERVER_STREAM)?.through ?? 0;
  return state.forms
    .filter((form) => deadlineOf(state, form) <= now)
    .map(({ form, page, first_at, last_at, last_field, fields }, i) => ({
      kind: "event",
      seq: state.seq + 1 + i,
      at: now,
      received_at: now,
      stream: SERVER_STREAM,
      number: through + 1 + i,
      event_type: "form_abandoned",
      ...(page !== null && { page }),
      detail: { data: { form, last_field, ms: last_at - first_at, fields: fields.length } },
    }));
}

/** Folds the actor's own event that a form is abandoned. */
export function closeForm(state: SessionState, { detail }: EventEntry): void {
  const form = detail?.data?.["form"];
  state.forms = state.forms.filter((open) => open.form !== form);
}
