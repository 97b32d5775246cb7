/** The entry: puts the API on the page, and starts by itself unless the tag says otherwise. */
import { api } from "./api";
import { MARK, type Marked } from "./one";
import { options, startsAlone } from "./options";
import type { PulseGateApi, PulseGateStub, StubCall } from "./public";
import { safe } from "./safe";

const page = window as Window & Marked;
const { PulseGate: known } = page;
const one: PulseGateApi & PulseGateStub = page[MARK] ?? api;
// A page that carries the tag twice is tracked once. A stub has only kept what the page has called so far.
if (known !== one) {
  page[MARK] = one;
  page.PulseGate = one;
  page.PulseGateSession = { ...one, trackEvent: one.track };
  const call = safe(([name, ...args]: StubCall) => (one[name] as (...args: unknown[]) => void)(...args));
  const { q = [] } = known ?? {};
  q.forEach(call);
  // The page may go on with a function of the stub's, which looks for its list here.
  q.push = call as () => number;
  one.q = q;
  if (startsAlone) one.init(options);
}
