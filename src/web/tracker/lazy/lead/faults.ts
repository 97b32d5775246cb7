import type { Fault } from "./send";

/** How browsers call what the server calls otherwise. */
const TYPES: Record<string, string> = { phone: "tel", email: "email" };

/** The server names a field by its own name; a form may spell it `E-Mail` or `your_phone`. */
const isOf = (path: string, { name, type }: HTMLInputElement): boolean =>
  type !== "hidden" &&
  (type === TYPES[path] ||
    name
      .toLowerCase()
      .replace(/[\s_.-]+/g, "")
      .includes(path));

const labelOf = ({ labels, name }: HTMLInputElement): string =>
  labels?.[0]?.textContent?.replace(/[\s*:]{1,9}$/, "") || name;

/** Says at its field what the server does not take, in the browser's own way; false if there is nothing to correct. */
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
