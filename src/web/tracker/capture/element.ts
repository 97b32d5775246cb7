import { ELEMENT_UNITS } from "../limits";

/**
 * `tag#id.class`. The id is read from its attribute, because a form's `id` property is a field if one has that name. An id with
 * four digits in a row or an `@` is left out: it is generated or belongs to a person, so it is not the same on the next visit.
 */
function step(element: Element): string {
  const id = element.getAttribute("id");
  const classes = [...element.classList].slice(0, 2).map((name) => `.${name}`);
  return element.localName + (id && !/\d{4}|@/.test(id) ? `#${id}` : "") + classes.join("");
}

/**
 * A short path that is the same on each visit, such as `nav#menu > a.item`. It goes up to the nearest id, or to 120 characters. It
 * consists of names only, never of texts or values.
 */
export function elementPath(target: Element): string {
  let path = "";
  for (let element: Element | null | undefined = target; element && element !== document.documentElement; ) {
    const longer = path ? `${step(element)} > ${path}` : step(element);
    if (path && longer.length > ELEMENT_UNITS) break;
    path = longer;
    if (element.hasAttribute("id")) break;
    // Above a shadow root the path goes on with its host.
    element = element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host;
  }
  return path.slice(0, ELEMENT_UNITS);
}
