/** Errors of a rendered form. The browser finds them and words them in its language. They are shown at the field and read out. */

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const isControl = (target: EventTarget | null): target is Control =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

/** The element that has the error. A group of radio buttons has one for all. */
const ownerOf = (control: Control): Element => control.closest("fieldset") ?? control;

function show(control: Control, message: string): void {
  const owner = ownerOf(control);
  const error = control.closest(".pulse-field")?.querySelector(".pulse-error");
  if (error) error.textContent = message;
  if (message) owner.setAttribute("aria-invalid", "true");
  else owner.removeAttribute("aria-invalid");
}

/** Shows errors at their fields. The browser stops a submit with errors, and the first field with one gets the focus. */
export function showErrors(form: HTMLFormElement): void {
  let isFocused = false;
  form.addEventListener(
    "invalid",
    (event) => {
      const { target } = event;
      if (!isControl(target)) return;
      // This replaces the browser's bubble, which is gone before everybody has read it.
      event.preventDefault();
      show(target, target.validationMessage);
      if (isFocused) return;
      isFocused = true;
      target.focus();
      // All errors of one submit are reported in one turn.
      setTimeout(() => {
        isFocused = false;
      });
    },
    true,
  );
  // A shown error is updated with each input. A field without one gets none before the next submit.
  form.addEventListener("input", ({ target }) => {
    if (!isControl(target) || !ownerOf(target).hasAttribute("aria-invalid")) return;
    target.setCustomValidity("");
    show(target, target.validity.valid ? "" : target.validationMessage);
  });
}
