import { wayFrom } from "./way";

/** Tells the page: `pulse:lead` at the form. False if the page has prevented it, and goes on by itself. */
export const announce = (form: HTMLElement, detail: { lead_id: string; status: string }): boolean =>
  form.dispatchEvent(new CustomEvent("pulse:lead", { detail, bubbles: true, cancelable: true }));

const THANKS = "Thank you. We will be in touch.";

/** A place where something will be said: it has to be there before. */
export function liveRegion(): HTMLElement {
  const region = document.createElement("div");
  region.setAttribute("role", "status");
  region.tabIndex = -1;
  region.className = "pulse-status";
  return region;
}

/** On to `redirect`; or the thanks in the form's place, read out, and with the focus that the form has lost. */
export function thank(form: HTMLFormElement, text = THANKS, redirect?: string, region = liveRegion()): void {
  const to = redirect && wayFrom(location.href, redirect);
  if (to) {
    location.assign(to);
    return;
  }
  HTMLFormElement.prototype.reset.call(form);
  if (!region.isConnected) form.after(region);
  // `hidden` alone yields to any `display` of the page's.
  form.hidden = true;
  form.style.display = "none";
  region.focus();
  // In a turn of its own, or what is there from the beginning is not read out.
  setTimeout(() => {
    region.textContent = text;
  });
}
