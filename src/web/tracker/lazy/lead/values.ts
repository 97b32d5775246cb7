/** A form's values by the names of its fields. A name that occurs several times has a list. */
export type Values = Record<string, string | string[]>;

/** Fields that are not for a lead: passwords are for the page's own site, files are not taken, and others the page has marked. */
const NOT_SENT = '[type="password"], [type="file"], [data-pulse-ignore], [data-pulse-ignore] *';

/** The fields of a form that are not for a lead, and those that share a name with one. */
export function leftOf(form: HTMLFormElement): HTMLInputElement[] {
  const fields = [...form.elements] as HTMLInputElement[];
  const left = new Set(fields.filter((field) => field.matches(NOT_SENT)).map(({ name }) => name));
  left.delete("");
  return fields.filter(({ name }) => left.has(name));
}

/** The values that the browser would send, but only fields for a lead. `files`: the form holds files, which are not taken. */
export function valuesOf(form: HTMLFormElement, submitter: HTMLElement | null): { values: Values; files: boolean } {
  const left = new Set(leftOf(form).map(({ name }) => name));
  let files = false;
  const values = new Map<string, string[]>();
  for (const [name, value] of new FormData(form, submitter)) {
    if (typeof value !== "string") files ||= value.size > 0;
    else if (!left.has(name)) values.set(name, [...(values.get(name) ?? []), value]);
  }
  // This makes own properties, whatever the fields are called.
  const entries = [...values].map(([name, list]) => [name, list.length > 1 ? list : (list[0] ?? "")] as const);
  return { values: Object.fromEntries(entries), files };
}
