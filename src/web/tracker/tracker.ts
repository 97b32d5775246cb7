/** The entry of `/tracker.js`: puts the API on the page, and starts by itself unless the tag says otherwise. */
import { api } from "./api";
import { MARK, type Marked } from "./one";
import { options, startsAlone } from "./options";
import type { PulseGateApi, PulseGateStub, StubCall } from "./public";
import { safe } from "./safe";

const page = window as Window & Marked;
const { PulseGate: known } = page;
const one: PulseGateApi & PulseGateStub = page[MARK] ?? api;
// A page with two tags is tracked once. A stub is not a tracker: it only queues calls.
if (known !== one) {
  page[MARK] = one;
  page.PulseGate = one;
  page.PulseGateSession = { ...one, trackEvent: one.track };
  const call = safe(([name, ...args]: StubCall) => (one[name] as (...args: unknown[]) => void)(...args));
  const { q = [] } = known ?? {};
  q.forEach(call);
  // The page may still hold a function of the stub, which pushes to this list.
  q.push = call as () => number;
  one.q = q;
  if (startsAlone) one.init(options);
}
