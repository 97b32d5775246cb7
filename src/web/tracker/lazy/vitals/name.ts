import { elementPath } from "../../capture/element";
import { subject } from "../../capture/subject";

/** An element and all that it is in, also out of open shadow roots: the way that an event on it takes. */
function wayUp(element: Element | null): Element[] {
  const way: Element[] = [];
  for (let one: Element | null | undefined = element; one; ) {
    way.push(one);
    one = one.parentElement ?? (one.getRootNode() as Partial<ShadowRoot>).host;
  }
  return way;
}

/** The path by which events name a node. In a masked element it is that element's. Undefined if the node is ignored or gone. */
export function nameOf(node: Node | null | undefined): string | undefined {
  const element = node instanceof Element ? node : (node?.parentElement ?? null);
  const named = subject({ composedPath: () => wayUp(element) });
  return named && elementPath(named);
}
