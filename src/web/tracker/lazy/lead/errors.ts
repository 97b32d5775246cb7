/** Errors of a rendered form: the browser judges, and says it in its language; it is shown at the field and read out. */

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const isControl = (target: EventTarget | null): target is Control =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

/** Whose error it is: a group of radio buttons has one for all. */
const ownerOf = (control: Control): Element => control.closest("fieldset") ?? control;

function show(control: Control, message: string): void {
  const owner = ownerOf(control);
  const error = control.closest(".pulse-field")?.querySelector(".pulse-error");
  if (error) error.textContent = message;
  if (message) owner.setAttribute("aria-invalid", "true");
  else owner.removeAttribute("aria-invalid");
}

/** A submit with errors does not happen; the first field that has one gets the focus. */
export function showErrors(form: HTMLFormElement): void {
  let isFocused = false;
  form.addEventListener(
    "invalid",
    (event) => {
      const { target } = event;
      if (!isControl(target)) return;
      // Instead of the browser's bubble, which is gone again before everybody has read it.
      event.preventDefault();
      show(target, target.validationMessage);
      if (isFocused) return;
      isFocused = true;
      target.focus();
      // All of a submit's are reported in one turn.
      setTimeout(() => {
        isFocused = false;
      });
    },
    true,
  );
  // Corrected as it is typed; nothing is said of a field before it was submitted.
  form.addEventListener("input", ({ target }) => {
    if (!isControl(target) || !ownerOf(target).hasAttribute("aria-invalid")) return;
    target.setCustomValidity("");
    show(target, target.validity.valid ? "" : target.validationMessage);
  });
}
