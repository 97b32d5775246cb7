import type { Fault } from "./send";

/** The browser's type of a field, by the server's name for it. */
const TYPES: Record<string, string> = { phone: "tel", email: "email" };

/** Whether a field is the one that the server calls `path`. A form may name it `E-Mail` or `your_phone`. */
const isOf = (path: string, { name, type }: HTMLInputElement): boolean =>
  type !== "hidden" &&
  (type === TYPES[path] ||
    name
      .toLowerCase()
      .replace(/[\s_.-]+/g, "")
      .includes(path));

const labelOf = ({ labels, name }: HTMLInputElement): string =>
  labels?.[0]?.textContent?.replace(/[\s*:]{1,9}$/, "") || name;

/** Shows each fault at its field, as the browser shows its own. False if there is nothing to correct. */
export function showFaults(form: HTMLFormElement, faults: readonly Fault[]): boolean {
  const fields = [...form.elements].filter(
    (one): one is HTMLInputElement => "setCustomValidity" in one && "name" in one,
  );
  let isShown = false;
  for (const { path, message } of faults) {
    const field = fields.find((one) => isOf(path, one));
    if (!field) continue;
    isShown = true;
    field.setCustomValidity(`${labelOf(field)}: ${message}`);
    field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
  }
  if (isShown) form.reportValidity();
  return isShown;
}
