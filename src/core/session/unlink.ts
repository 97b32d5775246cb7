import type { Head } from "./head";
import { type Intake, intake, type KnownSession } from "./intake";
import { lastNetwork } from "./lead";
import type { SessionState } from "./state";
import type { TrackCall } from "./track-call";

/** What a visitor's refusal would be, from where the session was last seen: it names nobody any more, and goes on. */
const withdrawalOf = ({ session_id, site, key_hash }: Head, state: SessionState): TrackCall => ({
  ...{ v: 1, session_id, site, gpc: true, default_consent: "denied", network: lastNetwork(state), key_hash },
  ...{ device_id: null, start: null, batch: null, end: null },
});

const noId = (): string => {
  throw new Error("who has refused gets no visitor id");
};

/**
 * What it comes to, at `now` (epoch ms), that a visitor is erased whom a session only claims to be. One that has stopped
 * naming them keeps whom it names; it may not name them again either. The second time nothing changes.
 */
export function unlinked(known: KnownSession, visitor_id: string, now: number): Omit<Intake, "ok" | "reply"> {
  const { head, state } = known;
  const unchanged = { head, state, entries: [], ended: false, withdrawn: false };
  const refusal = head.identity?.visitor_id === visitor_id ? intake(known, withdrawalOf(head, state), now, noId) : null;
  const taken = refusal?.ok ? refusal : unchanged;
  return taken.head.unlinked ? taken : { ...taken, head: { ...taken.head, unlinked: true } };
}
