/**
 * The element that an event is about, also inside open shadow roots. Undefined below `data-pulse-ignore`. Inside masked elements it
 * is the outermost of them.
 */
export function subject(event: Pick<Event, "composedPath">): Element | undefined {
  const path = event.composedPath().filter((one): one is Element => one instanceof Element);
  const those = (name: string): Element[] => path.filter((element) => element.hasAttribute(`data-pulse-${name}`));
  if (!those("ignore")[0]) return those("mask").pop() ?? path[0];
}
