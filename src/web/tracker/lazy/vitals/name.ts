import { elementPath } from "../../capture/element";
import { subject } from "../../capture/subject";

/** An element and what it is in, from inside open shadow roots too: the way an event on it takes. */
function wayUp(element: Element | null): Element[] {
  const way: Element[] = [];
  for (let one: Element | null | undefined = element; one; ) {
    way.push(one);
    one = one.parentElement ?? (one.getRootNode() as Partial<ShadowRoot>).host;
  }
  return way;
}

/** What a node is called in events: a masked element for anything in it, undefined for what is ignored or gone. */
export function nameOf(node: Node | null | undefined): string | undefined {
  const element = node instanceof Element ? node : (node?.parentElement ?? null);
  const named = subject({ composedPath: () => wayUp(element) });
  return named && elementPath(named);
}
