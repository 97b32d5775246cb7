import type { DeviceInfo, Screen, Signals } from "../../protocol/track";
import type { Agent } from "../network/agent";
import type { NetworkClasses } from "../network/classes";
import type { Behaviour } from "../signals/behaviour";
import type { Velocity } from "../signals/velocity";
import type { IdentityFacts, LeadFacts } from "./context";
import type { Judgement } from "./ledger";

/** The part of a session's state that the rules read, and the judgement that they change. */
export interface Scored {
  /** Seq of the last entry folded. */
  seq: number;
  started_at: number;
  /** Time of the earliest act, as the client gave it; null before any. */
  first_event_at: number | null;
  device: DeviceInfo | null;
  screen: Screen | null;
  signals: Signals | null;
  network: NetworkClasses | null;
  /** From the page's own user agent. */
  agent: Agent | null;
  /** What the identity actors answered; null before. */
  identity: IdentityFacts | null;
  /** What the session's leads brought; null without any. */
  lead: LeadFacts | null;
  /** How often each changed from one known value to another. Unknown values in between do not count. */
  travel: { addresses: number; networks: number; countries: number };
  /** Deepest scroll, 0-100. */
  scroll_percent: number;
  /** Attended time, ms. */
  engaged_ms: number;
  velocity: Velocity;
  /** By built-in type; custom types together as `custom`. */
  velocity_by_type: Record<string, Velocity>;
  behaviour: Behaviour;
  judgement: Judgement;
}
