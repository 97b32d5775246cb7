import { listen } from "../safe";
import { type Field, fieldOf, formOf, nameOfField, nameOfForm, watchPasswords } from "./fields";
import { say as sayToTag } from "./say";
import { watchSending } from "./sending";
import { listenInside } from "./shadow";

type Say = (type: string, data: Record<string, unknown>) => void;

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

/** What is known of a form since its first focus. */
interface Begun {
  at: number;
  fields: Set<string>;
}

/**
 * Records which field was entered or changed, how long that took (ms), whether text was pasted, and how often it was corrected; and
 * the submit. What was typed is never read. Nothing is prevented or delayed. `added` is called with each new part of the page,
 * `say` with each event of its forms.
 */
export function captureForms(added: (part: Element) => void, say: Say = sayToTag): void {
  const begun = new Map<string, Begun>();
  let visit: Visit | undefined;
  let isTouched = false;

  const enter = (target: Field): Visit => {
    if (visit?.target === target) return visit;
    leave();
    const form = nameOfForm(formOf(target));
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
    // A field that the page focused by itself was not entered by the visitor.
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
  const submitted = (form: HTMLFormElement): void => {
    leave();
    if (form.closest("[data-pulse-ignore]")) return;
    const name = nameOfForm(form);
    const since = begun.get(name);
    begun.delete(name);
    const ms = since ? Math.round(performance.now() - since.at) : 0;
    say("form_submit", { form: name, ms, fields: since?.fields.size ?? 0 });
  };
  listenInside("submit", ({ target }) => target instanceof HTMLFormElement && submitted(target));
  // Count only forms that the visitor has begun, because a page may send others by itself.
  watchSending((form) => begun.has(nameOfForm(form)) && submitted(form));
  // When a page is left, both events fire. What is recorded at the first goes out with the beacon of the second.
  listen("visibilitychange", () => document.hidden && leave());
  listen("pagehide", leave);
}
