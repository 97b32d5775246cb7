import type { FormField } from "../../../../protocol/form";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Makes an element with these properties and children. Nothing is parsed, so Trusted Types do not forbid it. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** `autocomplete` by type or name of a field, if the form's definition has none. */
const AUTOCOMPLETE: Record<string, AutoFill> = { email: "email", tel: "tel", name: "name" };

function controlOf(field: FormField): Control {
  const { type, options = [] } = field;
  if (type === "select") {
    const choices = options.map(({ value, label }) => make("option", { value, textContent: label }));
    return make("select", {}, ...(options.some(({ value }) => !value) ? [] : [make("option")]), ...choices);
  }
  return type === "textarea" ? make("textarea", { rows: 5 }) : make("input", { type });
}

function setUp(control: Control, id: string, field: FormField): Control {
  const { name, type, required, placeholder, value, autocomplete, max_length, pattern } = field;
  Object.assign(control, { id, name, required });
  // A checkbox has the value "yes" instead of the browser's "on".
  if (type === "checkbox") Object.assign(control, { value: value ?? "yes" });
  else if (value !== undefined) control.value = value;
  const auto = autocomplete ?? AUTOCOMPLETE[type] ?? AUTOCOMPLETE[name];
  const attributes = { placeholder, autocomplete: auto, maxlength: max_length, pattern };
  for (const [attribute, given] of Object.entries(attributes))
    if (given) control.setAttribute(attribute, String(given));
  return control;
}

/** A label's text. The star is for sighted people; screen readers use `required`. */
const captionOf = ({ label, required }: FormField): (Node | string)[] => (required ? [label, mark()] : [label]);

function mark(): Node {
  const star = make("span", { textContent: " *" });
  star.setAttribute("aria-hidden", "true");
  return star;
}

/** A field with its label, its hint and the place of its error, each tied to it. */
export function fieldFor(id: string, field: FormField): HTMLElement {
  const { type, hint, name, options = [], required } = field;
  if (type === "hidden") return setUp(make("input", { type }), id, field);
  const said = hint ? [make("p", { id: `${id}-hint`, className: "pulse-hint", textContent: hint })] : [];
  const error = make("p", { id: `${id}-error`, className: "pulse-error" });
  const described = [...said, error].map((one) => one.id).join(" ");
  if (type === "radio") {
    const choices = options.map(({ value, label }, i) => {
      const input = make("input", { type, name, value, required, id: `${id}-${i}`, checked: value === field.value });
      return make("label", { className: "pulse-choice" }, input, label);
    });
    const group = make("fieldset", {}, make("legend", {}, ...captionOf(field)), ...choices, ...said, error);
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-describedby", described);
    group.className = "pulse-field";
    return group;
  }
  const control = setUp(controlOf(field), id, field);
  control.setAttribute("aria-describedby", described);
  const label = make("label", { htmlFor: id }, ...captionOf(field));
  const parts = type === "checkbox" ? [make("div", { className: "pulse-choice" }, control, label)] : [label, control];
  return make("div", { className: "pulse-field" }, ...parts, ...said, error);
}

/** The honeypot: a field that neither people nor screen readers find. Whoever fills it in is a bot. */
export function trapFor(id: string, name: string): HTMLElement {
  const input = make("input", { id, name, tabIndex: -1, autocomplete: "off" });
  const trap = make("div", {}, make("label", { htmlFor: id, textContent: "Leave this empty" }), input);
  trap.setAttribute("aria-hidden", "true");
  // Set by the CSSOM, which no content security policy forbids. Not hidden by `display`, because bots look for that.
  Object.assign(trap.style, { position: "absolute", width: "1px", height: "1px", overflow: "hidden" });
  Object.assign(trap.style, { clipPath: "inset(50%)", whiteSpace: "nowrap" });
  return trap;
}
