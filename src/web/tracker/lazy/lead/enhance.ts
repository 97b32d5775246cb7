import type { Options } from "../../public";
import { safe } from "../../safe";
import { announce, thank } from "./answer";
import { showFaults } from "./faults";
import { type Lead, Submission, send } from "./send";
import { leftOf, valuesOf } from "./values";
import { isOurs, leadUrl, siteOf } from "./where";

const submissions = new WeakMap<HTMLFormElement, Submission>();
const busy = new WeakSet<HTMLFormElement>();

const submissionOf = (form: HTMLFormElement): Submission => {
  const known = submissions.get(form) ?? new Submission();
  submissions.set(form, known);
  return known;
};

/**
 * Sends the values of `<form data-pulse-lead>` as a lead, without leaving the page. If that fails, the browser submits the form as
 * if this code were not there. The window hears of a submit last, so a submit that the page has prevented stays prevented.
 */
export function enhanceForms(options: Options): void {
  addEventListener(
    "submit",
    safe((event: SubmitEvent) => {
      const { target: form, submitter } = event;
      if (!(form instanceof HTMLFormElement) || !form.matches("[data-pulse-lead]") || event.defaultPrevented) return;
      // A button with its own address is for something else, such as saving a draft.
      if (submitter?.hasAttribute("formaction")) return;
      if (busy.has(form)) return event.preventDefault();
      const { values, files } = valuesOf(form, submitter);
      const site = siteOf(form, options);
      // Flush before the lead names its session, because an event that has just happened may begin one.
      window.PulseGate?.flush();
      const lead = submissionOf(form).of(values, site);
      const url = leadUrl(site, options);
      // Here the lead is a copy, and the form is still submitted as usual: only that can carry files.
      if (form.dataset["pulseLead"] === "copy" || (files && !isOurs(form, options))) return void send(url, lead);
      event.preventDefault();
      void sendInstead(form, submitter, lead, url, options);
    }),
  );
}

async function sendInstead(
  form: HTMLFormElement,
  submitter: HTMLElement | null,
  lead: Lead,
  url: string,
  options: Options,
): Promise<void> {
  busy.add(form);
  form.setAttribute("aria-busy", "true");
  const sent = await send(url, lead);
  busy.delete(form);
  form.removeAttribute("aria-busy");
  if (sent.kind === "refused" && showFaults(form, sent.faults)) return;
  if (sent.kind !== "taken") return goOn(form, submitter, lead, options);
  submissionOf(form).renew();
  if (!announce(form, sent.lead)) return;
  const redirect = lead["redirect"];
  thank(form, form.dataset["pulseThanks"], typeof redirect === "string" ? redirect : undefined);
}

/**
 * Submits the form as the browser would, with the button that was pressed. To our own address it also sends the ids that make it
 * the same submit and the page's charset (a browser fills it in), and leaves out fields that are not for a lead.
 */
function goOn(form: HTMLFormElement, submitter: HTMLElement | null, lead: Lead, options: Options): void {
  const { submission_id, session_id, session_key, visitor_id } = lead;
  const left = isOurs(form, options) ? leftOf(form) : [];
  if (isOurs(form, options)) {
    carry(form, { submission_id, session_id, session_key, visitor_id, _charset_: "UTF-8" });
    for (const field of left.filter(({ disabled }) => !disabled)) {
      field.disabled = true;
      setTimeout(() => {
        field.disabled = false;
      });
    }
  }
  if (submitter instanceof HTMLButtonElement || submitter instanceof HTMLInputElement) {
    if (submitter.name && !left.some(({ name }) => name === submitter.name))
      carry(form, { [submitter.name]: submitter.value });
  }
  // Not `form.submit`, because a field may have that name.
  HTMLFormElement.prototype.submit.call(form);
}

function carry(form: HTMLFormElement, values: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!value) continue;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
    // By then the browser has taken the values. A visitor who comes back finds the form as it was.
    setTimeout(() => field.remove());
  }
}
