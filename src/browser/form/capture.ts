import { listen } from "../safe";
import { type Field, fieldOf, nameOfField, nameOfForm, watchPasswords } from "./fields";
import { say } from "./say";

/** A field that has the focus. */
interface Visit {
  target: Field;
  form: string;
  field: string;
  /** `performance.now()` when it was entered. */
  at: number;
  isChanged: boolean;
  isPasted: boolean;
  corrections: number;
}

/** A form since its first focus. */
interface Begun {
  at: number;
  fields: Set<string>;
}

/**
 * Which field was entered, left changed and after how long, pasted or typed, corrected how often; and the submit. What
 * was typed is never read. Nothing is prevented or delayed: a form works as if this were not there. `added` hears of each
 * new part of the page.
 */
export function captureForms(added: (part: Element) => void): void {
  const begun = new Map<string, Begun>();
  let visit: Visit | undefined;
  let isTouched = false;

  const enter = (target: Field): Visit => {
    if (visit?.target === target) return visit;
    leave();
    const form = nameOfForm(target.form);
    const field = nameOfField(target);
    const at = performance.now();
    const since = begun.get(form) ?? { at, fields: new Set() };
    begun.set(form, since);
    since.fields.add(field);
    visit = { target, form, field, at, isChanged: false, isPasted: false, corrections: 0 };
    say("form_focus", { form, field, type: target.type });
    return visit;
  };

  const leave = (): void => {
    const { form, field, at, isChanged, isPasted, corrections } = visit ?? {};
    visit = undefined;
    if (!isChanged || at === undefined) return;
    const ms = Math.round(performance.now() - at);
    say("form_change", { form, field, ms, ...(isPasted && { pasted: true }), ...(corrections && { corrections }) });
  };

  watchPasswords(added);
  for (const type of ["pointerdown", "keydown"] as const) {
    listen(type, () => {
      isTouched = true;
    });
  }
  listen("focusin", (event) => {
    const field = fieldOf(event);
    // A field that the page has focused by itself is nobody's yet.
    if (field && isTouched) enter(field);
    else leave();
  });
  listen("focusout", leave);
  listen("input", (event) => {
    const field = fieldOf(event);
    if (!field) return;
    const now = enter(field);
    const { inputType = "" } = event as InputEvent;
    now.isChanged = true;
    now.isPasted ||= /^insertFrom(Paste|Drop)/.test(inputType);
    if (/^delete/.test(inputType)) now.corrections++;
  });
  listen("submit", ({ target }) => {
    leave();
    if (!(target instanceof HTMLFormElement) || target.closest("[data-pulse-ignore]")) return;
    const form = nameOfForm(target);
    const since = begun.get(form);
    begun.delete(form);
    const ms = since ? Math.round(performance.now() - since.at) : 0;
    say("form_submit", { form, ms, fields: since?.fields.size ?? 0 });
  });
  // A page that goes away fires both: what the first tells the tracker is in the beacon that it sends at the second.
  listen("visibilitychange", () => document.hidden && leave());
  listen("pagehide", leave);
}
