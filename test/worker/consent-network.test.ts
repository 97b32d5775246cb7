import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TrackCall } from "../../src/core/session/calls/track-call";
import { findSession } from "../../src/data/store/sessions";
import { stopClock, tickUntilDrained } from "../support/clock";
import { everything } from "../support/person";
import { callOf, entriesInR2, journalOf, liveOf, someEvents, take } from "../support/visit";

/** What the edge tells of a visitor's network, and what of it may be kept without consent: classes, and no name of it. */

beforeEach(() => stopClock("2031-11-01T12:00:00Z"));
afterEach(() => {
  vi.useRealTimers();
});

let id = "";
let provider = "";
beforeEach(() => {
  id = crypto.randomUUID();
  provider = `Provider ${id.slice(0, 8)}`;
});

/** A call through a network whose provider the edge can name. */
function through(call: TrackCall, more: Partial<TrackCall["network"]> = {}): TrackCall {
  return { ...call, network: { ...call.network, asn_class: "vpn", provider, ...more } };
}

const visit = (consent: "granted" | "denied") =>
  take(through(callOf(id, { start: { consent }, events: someEvents(2) })));
/** More of the session, by way of another country: the network is noted anew. */
const roam = (first: number) =>
  take(through(callOf(id, { start: false, first, events: someEvents(1) }), { country: "FR" }));

describe("the provider of a network", () => {
  it("is known with consent", async () => {
    await visit("granted");
    expect((await liveOf(id))?.network?.provider).toBe(provider);
  });

  it("is named nowhere without it, from the start on and after a change of network", async () => {
    await visit("denied");
    await roam(3);
    expect((await liveOf(id))?.network).toMatchObject({ country: "FR", asn_class: "vpn", provider: null });
    expect(JSON.stringify(await journalOf(id))).not.toContain(provider);
    await tickUntilDrained(id);
    expect(await entriesInR2(id)).toContainEqual(expect.objectContaining({ kind: "network" }));
    expect(await everything()).not.toContain(provider);
  });

  it("is forgotten with a withdrawal, as are address and network, and not learnt again", async () => {
    await visit("granted");
    await take(through(callOf(id, { start: { consent: "denied" } })));
    const nobody = { address: null, network: null, provider: null };
    expect((await liveOf(id))?.network).toMatchObject({ ...nobody, country: "DE", asn_class: "vpn" });
    await roam(3);
    expect((await liveOf(id))?.network).toMatchObject({ ...nobody, country: "FR" });
    await tickUntilDrained(id);
    expect((await findSession(env.DB, id))?.network).toMatchObject({ ...nobody, country: "FR" });
  });
});
