import type { ShownForm } from "../../../../protocol/form";
import { CAMPAIGN_UNITS, LEAD_RETRY_MS, LEAD_TRIES } from "../../limits";
import type { Options } from "../../public";
import { safe } from "../../safe";
import { announce, liveRegion, thank } from "./answer";
import { showErrors } from "./errors";
import { showFaults } from "./faults";
import { fieldFor, make, trapFor } from "./fields";
import { type Lead, type Sent, Submission, send } from "./send";
import { addStyle } from "./style";
import { valuesOf } from "./values";
import { campaignOf } from "./visit";
import { leadUrl, siteOf } from "./where";

let count = 0;

/** Shows a site's form in its place. If it cannot be loaded, what is there stays: a link, or a form of the page's own. */
export async function render(place: HTMLElement, options: Options): Promise<void> {
  const site = siteOf(place, options);
  const name = place.dataset["pulseForm"] ?? "";
  try {
    const response = await fetch(
      `${options.endpoint}/lead/forms/${encodeURIComponent(site)}/${encodeURIComponent(name)}`,
    );
    if (!response.ok) return;
    const shown = (await response.json()) as ShownForm;
    safe(addStyle)();
    place.replaceChildren(...build(shown, options));
  } catch {
    // The content of the place stays.
  }
}

function build(shown: ShownForm, options: Options): Node[] {
  const { site, name, title, fields, submit, theme } = shown;
  const id = `pulse-${++count}`;
  const form = make("form", { id, className: "pulse-form", method: "post", action: leadUrl(site, options) });
  form.setAttribute("name", name);
  for (const [key, value] of Object.entries(theme)) form.style.setProperty(`--pulse-${key}`, value);
  if (title) {
    form.append(make("p", { id: `${id}-title`, className: "pulse-title", textContent: title }));
    form.setAttribute("aria-labelledby", `${id}-title`);
  }
  form.append(
    ...fields.map((field) => fieldFor(`${id}-${field.name}`, field)),
    ...campaign(shown),
    trapFor(`${id}-trap`, shown.honeypot),
    make("button", { type: "submit", textContent: submit }),
  );
  const region = liveRegion();
  showErrors(form);
  handle(form, region, shown, options);
  return [form, region];
}

/** Hidden fields with the visitor's campaign and the form's name, except for names that the form itself asks for. */
function campaign({ site, name, fields, campaign }: ShownForm): Node[] {
  const said = campaign.map((key) => [key, campaignOf(site, key)?.slice(0, CAMPAIGN_UNITS)] as const);
  return [...said, ["form", name] as const].flatMap(([key, value]) =>
    !value || fields.some((field) => field.name === key) ? [] : [make("input", { type: "hidden", name: key, value })],
  );
}

function handle(form: HTMLFormElement, region: HTMLElement, shown: ShownForm, options: Options): void {
  const submission = new Submission();
  const url = leadUrl(shown.site, options);
  let isBusy = false;

  const deliver = async (lead: Lead): Promise<void> => {
    isBusy = true;
    form.setAttribute("aria-busy", "true");
    region.textContent = "";
    const sent = await persist(url, lead);
    isBusy = false;
    form.removeAttribute("aria-busy");
    if (sent.kind === "taken") {
      submission.renew();
      if (announce(form, sent.lead)) thank(form, shown.success, shown.redirect, region);
    } else if (sent.kind === "failed" || !showFaults(form, sent.faults)) region.textContent = shown.failure;
  };

  form.addEventListener(
    "submit",
    safe((event: SubmitEvent) => {
      // Before `preventDefault`: if this throws, the browser submits the form to its address.
      const lead = submission.of(valuesOf(form, event.submitter).values, shown.site);
      event.preventDefault();
      window.PulseGate?.flush();
      if (!isBusy) void deliver(lead);
    }),
  );
}

/** Tries up to `LEAD_TRIES` times. That is safe, because the same submit counts once. */
async function persist(url: string, lead: Lead): Promise<Sent> {
  for (let tries = 1; ; tries++) {
    const sent = await send(url, lead);
    if (sent.kind !== "failed" || tries === LEAD_TRIES) return sent;
    await new Promise((done) => setTimeout(done, LEAD_RETRY_MS * tries));
  }
}
