import { NO_FORM } from "../../../protocol/no-form";
import { elementPath } from "../capture/element";
import { subject } from "../capture/subject";

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Matches the name, id or `autocomplete` of a field that holds a secret or payment data. */
const SECRET = /passw|pwd|secret|\bpin\b|cvc|cvv|csc|card.?n|ccn|cc-|iban|otp|one.?time|token|ssn/i;

/** Fields that once were password fields. They stay secret when the page shows their text. */
const passwords = new WeakSet<EventTarget>();

const PASSWORD = 'input[type="password"]';

function rememberIn(part: Element): void {
  if (part.matches(PASSWORD)) passwords.add(part);
  for (const field of part.querySelectorAll(PASSWORD)) passwords.add(field);
}

/**
 * Remembers every password field before its type can change: now, and as the page changes. It looks only at new parts, because a
 * large page may change all the time. `added` is called with each new part.
 */
export function watchPasswords(added: (part: Element) => void): void {
  rememberIn(document.documentElement);
  new MutationObserver((changes) => {
    for (const { type, oldValue, target, addedNodes } of changes) {
      if (/^password$/i.test(oldValue ?? "")) passwords.add(target);
      for (const part of type === "attributes" ? [target] : addedNodes) {
        if (!(part instanceof Element)) continue;
        rememberIn(part);
        added(part);
      }
    }
  }).observe(document, { subtree: true, childList: true, attributeFilter: ["type"], attributeOldValue: true });
}

/** Whether a field holds a secret: by its type now or before, or by its name. */
export function isSecret(field: Field): boolean {
  const { type, name, id, autocomplete } = field;
  if (type === "password") passwords.add(field);
  return /^(password|hidden|file)$/.test(type) || passwords.has(field) || SECRET.test(`${name} ${id} ${autocomplete}`);
}

/** The field an event is about. Undefined if it is secret, ignored or masked. */
export function fieldOf(event: Event): Field | undefined {
  const [target] = event.composedPath();
  const isField =
    target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
  return isField && subject(event) === target && !isSecret(target) ? target : undefined;
}

/** The form that an element belongs to. A field in an open shadow root without a form belongs to the form around its host. */
export function formOf(element: Element): HTMLFormElement | null {
  const { form } = element as Partial<HTMLInputElement>;
  const own = form instanceof HTMLFormElement ? form : element.closest("form");
  const { host } = element.getRootNode() as Partial<ShadowRoot>;
  return own ?? (host ? formOf(host) : null);
}

// Read from attributes, because a form's `id` and `name` properties are fields if fields have these names.
const label = (element: Element): string | null => element.getAttribute("name") || element.getAttribute("id");

/** The names of a form and of a field, never a value. */
export const nameOfForm = (form: HTMLFormElement | null): string => (form ? label(form) || elementPath(form) : NO_FORM);
export const nameOfField = (field: Field): string => label(field) || elementPath(field);
