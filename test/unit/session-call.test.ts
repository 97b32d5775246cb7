import { describe, expect, it } from "vitest";
import { buildCall, type CallContext } from "../../src/core/session/calls/call";
import { asTrackCall, type LeadCall, leadEntry, SESSION_MAX_LEADS, withLead } from "../../src/core/session/calls/lead";
import { refused } from "../../src/core/session/calls/result";
import { newState } from "../../src/core/session/fold/state";
import { newHead } from "../../src/core/session/head";
import { sha256 } from "../../src/core/sha256";
import { HOME } from "../support/log";

/** Calls as they are put together, from a body or from a lead. */

const ID = "11111111-2222-4333-8444-555555555555";
const T = 1_795_000_000_000;
const CONTEXT: CallContext = {
  session_id: ID,
  site: "shop",
  gpc: false,
  default_consent: "granted",
  record: null,
  key_hash: null,
  network: { ip: "x", asn: 7, country: "DE", region: null, timezone: null, colo: null, protocol: null },
};
const START = { page: "https://shop.example/" };
const BATCH = { session_id: ID, events: [], rejected: [] };

describe("a call", () => {
  it("has the edge's part, and no more of a body than there is", async () => {
    const { record: _, ...context } = CONTEXT;
    const nothing = { device_id: null, start: null, batch: null, end: null };
    expect(await buildCall(CONTEXT, {})).toEqual({ v: 1, ...context, ...nothing });
  });

  it("has a start and an end by themselves, or riding on a batch", async () => {
    expect(await buildCall(CONTEXT, { start: START, end: {} })).toMatchObject({ start: START, batch: null, end: {} });
    const batch = { ...BATCH, start: START, end: { exit_page: "https://shop.example/b" } };
    expect(await buildCall(CONTEXT, { batch })).toMatchObject({ start: START, batch, end: batch.end });
  });

  it("says what may be exposed and recorded where there is something to say", async () => {
    const record = { above: null, text: "shown" as const };
    expect(await buildCall({ ...CONTEXT, expose: ["engagement"], record }, {})).toMatchObject({
      expose: ["engagement"],
      record,
    });
    expect(await buildCall({ ...CONTEXT, expose: [] }, {})).not.toHaveProperty("expose");
    expect(await buildCall(CONTEXT, {})).not.toHaveProperty("record");
    expect(await buildCall({ ...CONTEXT, trailing_slash: "drop" }, {})).toMatchObject({ trailing_slash: "drop" });
    expect(await buildCall(CONTEXT, {})).not.toHaveProperty("trailing_slash");
  });

  it.each([
    ["of the batch first", { batch: { ...BATCH, session_key: "b" }, start: { ...START, session_key: "s" } }, "b"],
    ["of the start", { start: { ...START, session_key: "s" }, end: { session_key: "e" } }, "s"],
    ["of the end", { end: { session_key: "e" } }, "e"],
  ])("shows the key %s, hashed", async (_, parts, key) => {
    expect((await buildCall({ ...CONTEXT, key_hash: "shown before" }, parts)).key_hash).toBe(await sha256(key));
  });

  it("shows the key its socket has shown before where it shows none", async () => {
    expect((await buildCall({ ...CONTEXT, key_hash: "shown before" }, {})).key_hash).toBe("shown before");
  });

  it("hashes by SHA-256, in hex of full length", async () => {
    expect(await sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  describe("with a visitor's secret", () => {
    const visitor_secret = "0123456789abcdef0123456789abcdef";
    const own = "3c331bfc-87e5-8983-838c-0d50e30a5b84";

    it.each([
      ["of the start", { start: { ...START, visitor_secret } }],
      ["of a batch's start", { batch: { ...BATCH, start: { ...START, visitor_secret } } }],
      ["of both", { start: { ...START, visitor_secret }, batch: { ...BATCH, start: { ...START, visitor_secret } } }],
    ])("%s has the id it makes, and nowhere the secret", async (_, parts) => {
      const call = await buildCall(CONTEXT, parts);
      expect(call).toMatchObject({ start: { ...START, visitor_id: own }, proven_visitor: own });
      expect(JSON.stringify(call)).not.toContain(visitor_secret);
    });

    it.each([
      ["keeps the id that the device had before", "v-42", "v-42"],
      ["keeps one of version 4", "3c331bfc-87e5-4983-838c-0d50e30a5b84", "3c331bfc-87e5-4983-838c-0d50e30a5b84"],
      ["is the id that it makes, named beside it", own, own],
      ["is not one that another secret makes", "5ccda08d-2aa5-872f-8832-0d346e2e6da3", own],
      ["needs no id", null, own],
    ])("%s", async (_, visitor_id, named) => {
      const call = await buildCall(CONTEXT, { start: { ...START, visitor_id, visitor_secret } });
      expect(call).toMatchObject({ start: { visitor_id: named }, proven_visitor: own });
    });

    it("that is none proves nothing", async () => {
      const call = await buildCall(CONTEXT, { start: { ...START, visitor_id: own, visitor_secret: null } });
      expect(call.start).toEqual({ ...START, visitor_id: own });
      expect(call).not.toHaveProperty("proven_visitor");
      expect(await buildCall(CONTEXT, { start: START })).not.toHaveProperty("proven_visitor");
    });
  });

  it("names a device by how it describes itself", async () => {
    const nameOf = async (device_info: object | null, screen?: object) =>
      (await buildCall(CONTEXT, { start: { ...START, device_info, ...(screen && { screen }) } })).device_id;
    const device = { user_agent: "x", platform: "y", timezone: "UTC", hardware_concurrency: 4, device_memory: 8 };
    const screen = { width: 1, height: 2, color_depth: 24, pixel_ratio: 1 };
    const name = await nameOf(device, screen);
    expect(name).toMatch(/^[0-9a-f]{32}$/);
    expect(await nameOf({ ...device, language: "de" }, screen)).toBe(name);
    expect(await nameOf(null, screen)).toBeNull();
    const others = [
      ...Object.keys(device).map((key) => nameOf({ ...device, [key]: null }, screen)),
      ...Object.keys(screen).map((key) => nameOf(device, { ...screen, [key]: null })),
      nameOf(device),
    ];
    expect(new Set([name, ...(await Promise.all(others))]).size).toBe(11);
  });
});

describe("a lead's call", () => {
  const lead = { submission: "s-1", honeypot: false, disposable_email: true };
  const call: LeadCall = {
    v: 1,
    session_id: ID,
    site: "shop",
    gpc: false,
    default_consent: "granted",
    key_hash: "shown",
    lead,
  };
  const head = { ...newHead(ID, "shop", T), key_hash: "own" };

  it("is one from the network the session was last seen in, and brings nothing else", () => {
    const { address: _, network: __, timezone_gap: ___, ...seen } = HOME;
    expect(asTrackCall(call, head, { ...newState(0), network: HOME })).toEqual({
      ...call,
      network: { ...seen, ip: null, asn: null },
      device_id: null,
      start: null,
      batch: null,
      end: null,
    });
    expect(asTrackCall(call, head, newState(0)).network).toEqual({
      country: null,
      region: null,
      timezone: null,
      colo: null,
      protocol: null,
      ip: null,
      asn: null,
    });
  });

  it("needs the session's key, unless a server of ours brings it", () => {
    expect(asTrackCall(call, head, newState(0)).key_hash).toBe("shown");
    const trusted = asTrackCall({ ...call, trusted: true }, head, newState(0));
    expect(trusted.key_hash).toBe("own");
    expect(trusted).not.toHaveProperty("trusted");
  });

  it("brings its lead once, and no more leads than a session remembers", () => {
    const leadOf = (leads: string[]) => asTrackCall(call, { ...head, leads }, newState(0)).lead;
    expect(leadOf(["s-2"])).toBe(lead);
    expect(leadOf(["s-1"])).toBeNull();
    const many = (n: number) => Array.from({ length: n }, (_, i) => `t-${i}`);
    expect(leadOf(many(SESSION_MAX_LEADS - 1))).toBe(lead);
    expect(leadOf(many(SESSION_MAX_LEADS))).toBeNull();
    expect(withLead(withLead(head, lead), { ...lead, submission: "s-2" }).leads).toEqual(["s-1", "s-2"]);
  });

  it.each([
    ["its page was come to", T + 1_000, 4_000],
    ["the session began, on no page", null, 5_000],
    ["it was, not before", T + 9_000, 0],
  ])("is journalled with its time since %s", (_, page_at, submit_ms) => {
    const began = { ...newState(0), started_at: T };
    const state = { ...began, journey: { ...began.journey, page_at } };
    expect(leadEntry(state, lead, T + 5_000)).toEqual({
      kind: "lead",
      at: T + 5_000,
      received_at: T + 5_000,
      submission: "s-1",
      lead: { honeypot: false, disposable_email: true, no_session: false, submit_ms },
    });
  });
});

describe("a refusal", () => {
  it("says when to try again where that makes sense", () => {
    expect(refused("busy", "x", 0)).toEqual({ ok: false, code: "busy", detail: "x", retry_after: 0 });
    expect(refused("busy", "x")).toEqual({ ok: false, code: "busy", detail: "x" });
  });
});
