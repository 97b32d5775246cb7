/** What a form says, by the names of its fields: a name that comes several times has a list. */
export type Values = Record<string, string | string[]>;

/** Fields that are not for a lead: a password is for its own site, and what the page marks is nobody else's. */
const NOT_SENT = 'input[type="password"], [data-pulse-ignore], [data-pulse-ignore] *';

/** Of a form as it would be sent by the browser. `files` says whether it holds some: those are not taken. */
export function valuesOf(form: HTMLFormElement, submitter: HTMLElement | null): { values: Values; files: boolean } {
  const left = new Set<string>();
  for (const field of form.querySelectorAll<HTMLInputElement>(NOT_SENT)) if (field.name) left.add(field.name);
  let files = false;
  const values = new Map<string, string[]>();
  for (const [name, value] of new FormData(form, submitter)) {
    if (typeof value !== "string") files ||= value.size > 0;
    else if (!left.has(name)) values.set(name, [...(values.get(name) ?? []), value]);
  }
  // As own properties, whatever they are called.
  const entries = [...values].map(([name, list]) => [name, list.length > 1 ? list : (list[0] ?? "")] as const);
  return { values: Object.fromEntries(entries), files };
}
