import { ELEMENT_UNITS } from "../limits";

/**
 * `tag#id.class`. The id comes from its attribute, because a form's `id` property may be a field of that name. An id with a long
 * number is left out: it is generated or a person's, and names nothing that lasts.
 */
function step(element: Element): string {
  const id = element.getAttribute("id");
  const classes = [...element.classList].slice(0, 2).map((name) => `.${name}`);
  return element.localName + (id && !/\d{4}|@/.test(id) ? `#${id}` : "") + classes.join("");
}

/**
 * A short path that is the same on each visit, `nav#menu > a.item`: up to the nearest id, or to 120 characters. Made of names
 * only, never of texts or values.
 */
export function elementPath(target: Element): string {
  let path = "";
  for (let element: Element | null | undefined = target; element && element !== document.documentElement; ) {
    const longer = path ? `${step(element)} > ${path}` : step(element);
    if (path && longer.length > ELEMENT_UNITS) break;
    path = longer;
    // Above a shadow root the path goes on with its host.
    if (element.hasAttribute("id")) break;
    element = element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host;
  }
  return path.slice(0, ELEMENT_UNITS);
}
