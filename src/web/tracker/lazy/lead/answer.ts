import { wayFrom } from "./way";

/** Fires `pulse:lead` at the form. False if the page has prevented it, because it goes on by itself. */
export const announce = (form: HTMLElement, detail: { lead_id: string; status: string }): boolean =>
  form.dispatchEvent(new CustomEvent("pulse:lead", { detail, bubbles: true, cancelable: true }));

const THANKS = "Thank you. We will be in touch.";

/** An element for a message. It has to be in the page before the message, so that screen readers read it out. */
export function liveRegion(): HTMLElement {
  const region = document.createElement("div");
  region.setAttribute("role", "status");
  region.tabIndex = -1;
  region.className = "pulse-status";
  return region;
}

/** Goes on to `redirect`, or shows thanks in the form's place, which are read out and get the focus that the form has lost. */
export function thank(form: HTMLFormElement, text = THANKS, redirect?: string, region = liveRegion()): void {
  const to = redirect && wayFrom(location.href, redirect);
  if (to) {
    location.assign(to);
    return;
  }
  HTMLFormElement.prototype.reset.call(form);
  if (!region.isConnected) form.after(region);
  // `hidden` alone loses against any `display` in the page's styles.
  form.hidden = true;
  form.style.display = "none";
  region.focus();
  // In a later turn, because text that is there from the beginning is not read out.
  setTimeout(() => {
    region.textContent = text;
  });
}
