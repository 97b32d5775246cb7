import type { SessionState } from "../fold/state";
import type { Head } from "../head";
import { type Intake, intake, type KnownSession } from "./intake";
import { lastNetwork } from "./lead";
import type { TrackCall } from "./track-call";

/** A call that refuses consent, from the network where the session was last seen. The session then names nobody, and goes on. */
const withdrawalOf = ({ session_id, site, key_hash }: Head, state: SessionState): TrackCall => ({
  v: 1,
  session_id,
  site,
  gpc: true,
  default_consent: "denied",
  network: lastNetwork(state),
  key_hash,
  device_id: null,
  start: null,
  batch: null,
  end: null,
});

const noId = (): string => {
  throw new Error("a visitor who has refused gets no visitor id");
};

/**
 * What an erasure of a visitor changes, at `now` (epoch ms), in a session that only claims to be them. If the session names another
 * visitor by now, it keeps that one. Either way it may not claim to be the erased visitor again. Repeated, it changes nothing.
 */
export function unlinked(known: KnownSession, visitor_id: string, now: number): Omit<Intake, "ok" | "reply"> {
  const { head, state } = known;
  const unchanged = { head, state, entries: [], ended: false, withdrawn: false };
  const refusal = head.identity?.visitor_id === visitor_id ? intake(known, withdrawalOf(head, state), now, noId) : null;
  const taken = refusal?.ok ? refusal : unchanged;
  return taken.head.unlinked ? taken : { ...taken, head: { ...taken.head, unlinked: true } };
}
