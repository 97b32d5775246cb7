import { FIELDS, NEAR_ELEMENTS, SURVEY_MS } from "../../limits";

/** What is known of the page before a click, so that a change can be seen. */
export interface Sight {
  /** What is watched for changes and events: the document, and each open shadow root in it. */
  roots: (Document | ShadowRoot)[];
  /** True if an effect could show where it cannot be read: in a canvas, or in a closed shadow root. */
  isBlind: boolean;
  /** State that changes without a mutation: of fields that a script fills in, and of media. */
  states(): string;
  /** Which elements beside the button are visible, because a style alone may show one. */
  near(): string;
}

const STATEFUL = 'input:not([type="password"],[type="hidden"],[type="file"]),textarea,select,audio,video';
const STATES = ["value", "checked", "indeterminate", "selectedOptions", "paused", "muted", "volume"];
const SHOWN = { checkOpacity: true, checkVisibilityCSS: true };

/** What a walk through the page found. */
interface Survey {
  roots: Sight["roots"];
  /** Canvases, and custom elements with a closed shadow root. */
  opaque: Element[];
  /** Elements of the document at that time. */
  elements: number;
  /** By `performance.now()`. */
  at: number;
}

let last: Survey | undefined;

/** The number of the document's elements. To read it is cheap, because the browser keeps it anyway. */
const countElements = (): number => document.getElementsByTagName("*").length;

function survey(): Survey {
  const roots: Sight["roots"] = [document];
  const opaque: Element[] = [];
  // The list grows as it is walked: a shadow root may hold another.
  for (const root of roots) {
    for (const element of root.querySelectorAll("*")) {
      const { shadowRoot, localName } = element;
      if (shadowRoot) roots.push(shadowRoot);
      else if (localName === "canvas" || isClosed(element, localName)) opaque.push(element);
    }
  }
  return { roots, opaque, elements: countElements(), at: performance.now() };
}

/** Looks at the page around `button`. Values of fields are only compared, and never recorded. */
export function look(button: Element): Sight {
  // A walk through a large page takes longer than a click may hold up its frame, so the last survey is used while it is valid.
  if (!last || last.elements !== countElements() || performance.now() - last.at > SURVEY_MS) last = survey();
  const { roots, opaque } = last;
  const isBlind = opaque.some(isInView);
  const stateful = roots.flatMap((root) => [...root.querySelectorAll(STATEFUL)]).slice(0, FIELDS);
  const beside = [...(button.parentElement?.querySelectorAll("*") ?? [])].slice(0, NEAR_ELEMENTS);
  return {
    roots,
    isBlind,
    states: () => JSON.stringify(stateful.map(stateOf)),
    near: () => beside.map((element) => Number(element.checkVisibility?.(SHOWN))).join(),
  };
}

/** A custom element without children: it may show something in a closed shadow root. */
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
