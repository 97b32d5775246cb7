/** `:where` gives these rules no weight, so the page's own styles of forms win. The variables are the form's theme. */
const CSS = `
:where(.pulse-form){display:grid;gap:1rem;max-width:32rem;font:var(--pulse-font,inherit);color:var(--pulse-text,inherit)}
:where(.pulse-field){border:0;margin:0;padding:0;min-width:0;display:grid;gap:.25rem}
:where(.pulse-field p,.pulse-title){margin:0}
:where(.pulse-title){font-size:1.25em;font-weight:600}
:where(.pulse-field>:is(input,select,textarea)){font:inherit;color:inherit;box-sizing:border-box;width:100%;padding:.5rem .625rem;background:var(--pulse-field,transparent);border:1px solid var(--pulse-border,#6b7280);border-radius:var(--pulse-radius,6px)}
:where(.pulse-choice){display:flex;gap:.5rem;align-items:baseline}
:where(.pulse-hint){font-size:.875em}
:where(.pulse-error){font-size:.875em;color:var(--pulse-error,#b91c1c)}
:where(.pulse-error:empty){display:none}
:where(.pulse-field [aria-invalid]){border-color:var(--pulse-error,#b91c1c)}
:where(.pulse-form button){font:inherit;font-weight:600;justify-self:start;padding:.625rem 1.25rem;border:0;border-radius:var(--pulse-radius,6px);background:var(--pulse-accent,#1d4ed8);color:var(--pulse-on-accent,#fff);cursor:pointer}
:where(.pulse-form :focus-visible,.pulse-status:focus-visible){outline:2px solid var(--pulse-accent,#1d4ed8);outline-offset:2px}`;

let isThere = false;

/** Adds a constructed style sheet, which no content security policy forbids. A browser too old for that shows the form unstyled. */
export function addStyle(): void {
  if (isThere) return;
  isThere = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
