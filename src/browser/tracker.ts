/** The entry: puts the API on the page, and starts by itself unless the tag says otherwise. */
import { api } from "./api";
import { MARK, type Marked } from "./one";
import { options, startsAlone } from "./options";
import type { StubCall } from "./public";
import { safe } from "./safe";

const { PulseGate: known } = window;
// A page that carries the tag twice is tracked once. A stub has only kept what the page has called so far.
if (!known || known.q) {
  const one = (window as Marked)[MARK] ?? api;
  window.PulseGate = one;
  window.PulseGateSession = { ...one, trackEvent: one.track };
  const call = safe(([name, ...args]: StubCall) => (one[name] as (...args: unknown[]) => void)(...args));
  const { q = [] } = known ?? {};
  q.forEach(call);
  // The page may go on with the stub that it has.
  q.push = call as () => number;
  if (startsAlone) one.init(options);
}
