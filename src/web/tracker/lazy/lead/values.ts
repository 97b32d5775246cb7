/** What a form says, by the names of its fields: a name that comes several times has a list. */
export type Values = Record<string, string | string[]>;

/** Fields that are not for a lead: a password is for its own site, a file is not taken, what the page marks is nobody else's. */
const NOT_SENT = '[type="password"], [type="file"], [data-pulse-ignore], [data-pulse-ignore] *';

/** The fields of a form that are not for a lead, with those that share their names. */
export function leftOf(form: HTMLFormElement): HTMLInputElement[] {
  const fields = [...form.elements] as HTMLInputElement[];
  const left = new Set(fields.filter((field) => field.matches(NOT_SENT)).map(({ name }) => name));
  left.delete("");
  return fields.filter(({ name }) => left.has(name));
}

/** Of a form as it would be sent by the browser. `files` says whether it holds some: those are not taken. */
export function valuesOf(form: HTMLFormElement, submitter: HTMLElement | null): { values: Values; files: boolean } {
  const left = new Set(leftOf(form).map(({ name }) => name));
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
