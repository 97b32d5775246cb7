import { FIELDS, NEAR_ELEMENTS } from "../../limits";

/** A page as it is before a click, as far as a change would show in it. */
export interface Sight {
  /** What is watched for changes and events: the document, and each open shadow root in it. */
  roots: (Document | ShadowRoot)[];
  /** True where an effect could show and not be seen: in a drawing, or in a shadow root that is closed. */
  isBlind: boolean;
  /** What changes without a change of the document: fields that a script fills in, and what plays. */
  states(): string;
  /** Which elements beside the button are shown: a style alone may do that. */
  near(): string;
}

const STATEFUL = 'input:not([type="password"],[type="hidden"],[type="file"]),textarea,select,audio,video';
const STATES = ["value", "checked", "indeterminate", "selectedOptions", "paused", "muted", "volume"];
const SHOWN = { checkOpacity: true, checkVisibilityCSS: true };

/** Looks at the page around `button`. Values of fields are compared and not kept. */
export function look(button: Element): Sight {
  const roots: Sight["roots"] = [document];
  let isBlind = false;
  // The list grows as it is walked: a shadow root may hold another.
  for (const root of roots) {
    for (const element of root.querySelectorAll("*")) {
      const { shadowRoot, localName } = element;
      if (shadowRoot) roots.push(shadowRoot);
      else if (localName === "canvas" || isClosed(element, localName)) isBlind ||= isInView(element);
    }
  }
  const stateful = roots.flatMap((root) => [...root.querySelectorAll(STATEFUL)]).slice(0, FIELDS);
  const beside = [...(button.parentElement?.querySelectorAll("*") ?? [])].slice(0, NEAR_ELEMENTS);
  return {
    roots,
    isBlind,
    states: () => JSON.stringify(stateful.map(stateOf)),
    near: () => beside.map((element) => Number(element.checkVisibility?.(SHOWN))).join(),
  };
}

/** An element of the page's own making that is empty, and shows something all the same. */
const isClosed = (element: Element, name: string): boolean =>
  !element.firstChild && name.includes("-") && !!customElements.get(name);

function isInView(element: Element): boolean {
  const { width, height, top, right, bottom, left } = element.getBoundingClientRect();
  return width > 1 && height > 1 && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
}

function stateOf(element: Element): unknown[] {
  const state = element as unknown as Record<string, unknown>;
  return STATES.map((name) => {
    const value = state[name];
    return value instanceof HTMLCollection ? [...value].map((option) => (option as HTMLOptionElement).index) : value;
  });
}
