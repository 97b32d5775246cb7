/**
 * The element an event is about, from inside open shadow roots too; undefined below `data-pulse-ignore`, and the
 * masked element itself for anything in it.
 */
export function subject(event: Pick<Event, "composedPath">): Element | undefined {
  const path = event.composedPath().filter((one): one is Element => one instanceof Element);
  const those = (name: string): Element[] => path.filter((element) => element.hasAttribute(`data-pulse-${name}`));
  if (!those("ignore")[0]) return those("mask").pop() ?? path[0];
}
