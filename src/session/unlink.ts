import type { Head } from "./head";
import type { TrackCall } from "./intake";
import { lastNetwork } from "./lead";
import type { SessionState } from "./state";

/** What a visitor's refusal would be, from where the session was last seen: it names nobody any more, and goes on. */
export const withdrawalOf = ({ session_id, site, key_hash }: Head, state: SessionState): TrackCall => ({
  ...{ v: 1, session_id, site, gpc: true, default_consent: "denied", network: lastNetwork(state), key_hash },
  ...{ device_id: null, start: null, batch: null, end: null },
});
