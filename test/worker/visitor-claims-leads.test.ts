import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LEAD_ASK_MS, LEAD_ASKS } from "../../durable/lead/proof";
import type { Erasure } from "../../src/core/api/erasure";
import { type Device, exportOf, newDevice } from "../support/device";
import { faults, resetFaults } from "../support/faults";
import {
  evictLead,
  fromPage,
  leadAlarm,
  leadAlarmAt,
  leadRow,
  leadStub,
  newSite,
  settle,
  submit,
} from "../support/leads";
import { erase, everything, tablesIn } from "../support/person";
import { ask, KEY, PAGE } from "../support/visit";
import { BATCH, batchOf, flushed, later, newId, problemOf, read, taken } from "./helpers";

/** Anybody may send a lead that names somebody else's visitor: it is no lead of theirs. */

beforeEach(() => {
  vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
  resetFaults();
});

async function session(site: string, who: object): Promise<{ session_id: string; session_key: string }> {
  const [session_id, session_key] = [newId(), newId()];
  await taken(batchOf(session_id, { site, session_key, start: { page: PAGE, site, ...who } }), BATCH);
  await flushed(session_id);
  return { session_id, session_key };
}

/** What says nothing against its being the same person: by their visitor id it would join their lead. */
const THEM = { message: "I am them", phone: "+4915111111111" };
const SERVER = { message: "By the server", email: "server@mail.example" };

/** The visitor's own session, and a lead from its page. */
async function ownLead(site: string, { secret, visitor, email }: Device) {
  const own = await session(site, { visitor_secret: secret });
  const { lead_id } = await fromPage(site, { ...own, visitor_id: visitor, email, message: "Mine" });
  return { ...own, lead_id };
}

/** The ways by which somebody else may name the visitor with a submit. */
const CLAIMS: [string, (site: string, visitor_id: string) => Promise<object>][] = [
  ["from no session", async (_, visitor_id) => ({ visitor_id })],
  ["from a session that names them too", (site, visitor_id) => session(site, { visitor_id })],
  ["from a session that nobody knows", async (_, visitor_id) => ({ visitor_id, session_id: newId() })],
];

describe.each(CLAIMS)("a lead that names a visitor %s", (_, claim) => {
  it("is no part of their lead, and apart in their export", async () => {
    const site = await newSite([]);
    const victim = await newDevice();
    const own = await ownLead(site, victim);
    const before = await leadRow(own.lead_id);
    const claimed = await fromPage(site, { ...(await claim(site, victim.visitor)), ...THEM });
    await settle(claimed.lead_id);
    expect(await leadRow(own.lead_id)).toEqual(before);
    expect(await leadRow(claimed.lead_id)).toMatchObject({ message: "I am them", visitor_id: null });
    const { theirs, unproven } = await exportOf(victim.visitor);
    expect([theirs.leads, unproven.leads]).toEqual([[own.lead_id], [claimed.lead_id]]);
  });

  it("stays when they are erased, and claims nobody any more", async () => {
    const site = await newSite([]);
    const victim = await newDevice();
    const own = await ownLead(site, victim);
    const claimed = await fromPage(site, { ...(await claim(site, victim.visitor)), ...THEM });
    const receipt = await erase(victim.visitor);
    expect(receipt).toMatchObject({
      status: "complete",
      counts: { d1: { leads: 1 }, actors: { leads: 1 }, unlinked: { leads: 1 } },
    });
    expect(await leadRow(own.lead_id)).toBeNull();
    expect(await leadRow(claimed.lead_id)).toMatchObject({ ...THEM });
    const { results } = await env.DB.prepare("SELECT kind FROM lead_claims WHERE lead_id = ? ORDER BY kind")
      .bind(claimed.lead_id)
      .all();
    // What else it says of who it is from stays.
    expect(results).toEqual([{ kind: "alone" }, { kind: "phone" }]);
    expect(await everything()).not.toContain(victim.visitor);
    await problemOf(await ask(`/analytics/visitors/${victim.visitor}/export`, { headers: KEY }), "not_found");
  });

  it("is a guest where it names their address, whoever it says it is", async () => {
    const site = await newSite([]);
    const victim = await newDevice();
    const own = await ownLead(site, victim);
    const said = { ...(await claim(site, victim.visitor)), ...THEM, email: victim.email };
    const guest = await fromPage(site, said);
    expect(await leadRow(own.lead_id)).toMatchObject({ message: "Mine", submissions: 2 });
    const { theirs, unproven, text } = await exportOf(victim.visitor);
    expect([theirs.leads, unproven.leads]).toEqual([[own.lead_id], [guest.lead_id]]);
    expect(text).toContain("I am them");
    // With their lead gone the guest is a lead of its own, that claims nobody.
    expect((await erase(victim.visitor)).counts).toMatchObject({ d1: { leads: 1 }, unlinked: { leads: 1 } });
    expect(await leadRow(guest.lead_id)).toMatchObject({ message: "I am them", submissions: 1 });
    await problemOf(await ask(`/analytics/visitors/${victim.visitor}/export`, { headers: KEY }), "not_found");
  });
});

describe("a lead that claims a visitor", () => {
  it("does not get into a session of theirs by their name alone", async () => {
    const site = await newSite([]);
    const victim = await newDevice();
    const session_id = newId();
    // Without a key, as a server sends it.
    await taken(batchOf(session_id, { site, start: { page: PAGE, site, visitor_secret: victim.secret } }), BATCH);
    await flushed(session_id);
    const named = { visitor_id: victim.visitor, ...THEM };
    const { lead_id } = await fromPage(site, named);
    expect(await leadRow(lead_id)).toMatchObject({ session_id: null });
    const vouched = await submit(site, { ...named, ...SERVER });
    expect(await leadRow(vouched.lead_id)).toMatchObject({ session_id });
  });

  it("stays under a legal hold, with what it claims", async () => {
    const site = await newSite([]);
    const victim = await newDevice();
    const own = await ownLead(site, victim);
    const claimed = await fromPage(site, { visitor_id: victim.visitor, ...THEM });
    expect((await erase(victim.visitor, "?keep_leads=legal_hold")).counts.unlinked).toEqual({ sessions: 0, leads: 0 });
    for (const { lead_id } of [own, claimed]) expect(await leadRow(lead_id)).not.toBeNull();
    expect((await exportOf(victim.visitor)).unproven.leads).toEqual([claimed.lead_id]);
  });

  it("claims nobody any more where D1 has yet to hear of it", async () => {
    const site = await newSite([]);
    const victim = await newDevice();
    const planted = await session(site, { visitor_id: victim.visitor });
    faults.at.set("d1.batch", "refuse");
    const claimed = await fromPage(site, { ...planted, ...THEM });
    resetFaults();
    await evictLead(claimed.lead_id);
    expect((await erase(victim.visitor)).counts.unlinked).toEqual({ sessions: 1, leads: 1 });
    await leadAlarm(claimed.lead_id);
    await settle(claimed.lead_id);
    expect(await leadRow(claimed.lead_id)).toMatchObject({ ...THEM });
    await problemOf(await ask(`/analytics/visitors/${victim.visitor}/export`, { headers: KEY }), "not_found");
  });

  it("counts once where the erasure does not hear that it is unlinked", async () => {
    const site = await newSite([]);
    const victim = await newDevice();
    const claimed = await fromPage(site, { visitor_id: victim.visitor, ...THEM });
    await settle(claimed.lead_id);
    faults.at.set("d1.run", "lie");
    const { erasure_id, status } = await erase(victim.visitor);
    expect(status).toBe("working");
    resetFaults();
    await runDurableObjectAlarm(env.ERASER.getByName(erasure_id));
    const { data } = await read<{ data: Erasure }>(`/analytics/erasures/${erasure_id}`);
    expect(data).toMatchObject({ status: "complete", counts: { unlinked: { sessions: 0, leads: 1 } } });
    expect(await leadRow(claimed.lead_id)).toMatchObject({ ...THEM });
  });

  it.each<[string, boolean]>([
    ["that D1 finds under their name", false],
    ["that the server names", true],
  ])("is theirs where a server with a key says so, whatever claims them in a session %s", async (_, isNamed) => {
    const site = await newSite([]);
    const victim = await newDevice();
    const planted = await session(site, { visitor_id: victim.visitor });
    const from = isNamed ? planted : {};
    const { lead_id } = await submit(site, { ...from, visitor_id: victim.visitor, ...SERVER });
    expect(await leadRow(lead_id)).toMatchObject({ session_id: isNamed ? planted.session_id : null });
    const { theirs, unproven } = await exportOf(victim.visitor);
    expect([theirs.leads, unproven.leads]).toEqual([[lead_id], []]);
  });

  it("is theirs where a server with a key says so", async () => {
    const site = await newSite([]);
    const victim = await newDevice();
    const { lead_id } = await submit(site, { visitor_id: victim.visitor, ...SERVER });
    expect((await exportOf(victim.visitor)).theirs.leads).toEqual([lead_id]);
    expect((await erase(victim.visitor)).counts).toMatchObject({ d1: { leads: 1 }, unlinked: { leads: 0 } });
    expect(await tablesIn(leadStub(lead_id))).toEqual([]);
  });
});

describe("a lead whose session did not show at once whose it is", () => {
  let waited = 0;
  beforeEach(() => {
    waited = 0;
  });

  /** By the clock of the lead's own alarms. */
  async function asked(lead_id: string, times = 1): Promise<void> {
    for (let i = 1; i <= times; i++) {
      waited += LEAD_ASK_MS * 2 ** (i + 1);
      await later(waited, () => leadAlarm(lead_id));
    }
  }

  it.each<[string, (site: string, device: Device) => Promise<{ said: object; show: () => Promise<unknown> }>]>([
    [
      "because its start came later",
      async (site, { secret }) => {
        const [session_id, session_key] = [newId(), newId()];
        const start = { page: PAGE, site, visitor_secret: secret };
        const show = () => taken(batchOf(session_id, { site, session_key, start }), BATCH);
        return { said: { session_id, session_key }, show };
      },
    ],
    [
      "because its start came without the secret",
      async (site, { secret, visitor }) => {
        const said = await session(site, { visitor_id: visitor });
        const start = { page: PAGE, site, visitor_secret: secret };
        return { said, show: () => taken(batchOf(said.session_id, { ...said, site, first: 2, start }), BATCH) };
      },
    ],
  ])("is theirs once it has, %s", async (_, late) => {
    const site = await newSite([]);
    const victim = await newDevice();
    const { said, show } = await late(site, victim);
    const { lead_id } = await fromPage(site, { ...said, visitor_id: victim.visitor, ...THEM });
    await asked(lead_id);
    expect((await exportOf(victim.visitor)).unproven.leads).toEqual([lead_id]);
    await show();
    await asked(lead_id, 2);
    const { theirs, unproven } = await exportOf(victim.visitor);
    expect([theirs.leads, unproven.leads]).toEqual([[lead_id], []]);
    expect(await leadRow(lead_id)).toMatchObject({ visitor_id: victim.visitor });
    await erase(victim.visitor);
    expect(await leadRow(lead_id)).toBeNull();
  });

  it("stays a claim where the session is the visitor's, and the sender has not its key", async () => {
    const site = await newSite([]);
    const victim = await newDevice();
    const { session_id } = await session(site, { visitor_secret: victim.secret });
    const { lead_id } = await fromPage(site, { session_id, visitor_id: victim.visitor, session_key: newId(), ...THEM });
    await asked(lead_id, 3);
    expect((await exportOf(victim.visitor)).unproven.leads).toEqual([lead_id]);
  });

  it("stays a claim where its session is gone, and it is asked no more after a while", async () => {
    const site = await newSite([]);
    const victim = await newDevice();
    const said = { session_id: newId(), session_key: newId(), visitor_id: victim.visitor };
    const { lead_id } = await fromPage(site, { ...said, ...THEM });
    // A day is longer than any wait between two asks; some alarms have other work, and ask nobody. Not until none is set:
    // while the runtime itself runs one, none is.
    for (let i = 0; i < 3 * LEAD_ASKS; i++) {
      waited += 86_400_000;
      await later(waited, () => leadAlarm(lead_id));
    }
    expect(await leadAlarmAt(lead_id)).toBeNull();
    expect((await exportOf(victim.visitor)).unproven.leads).toEqual([lead_id]);
    expect((await erase(victim.visitor)).counts.unlinked).toEqual({ sessions: 0, leads: 1 });
    expect(await leadRow(lead_id)).toMatchObject({ ...THEM });
  });

  it("is not led back to somebody who was erased meanwhile", async () => {
    const site = await newSite([]);
    const victim = await newDevice();
    const [session_id, session_key] = [newId(), newId()];
    const { lead_id } = await fromPage(site, { session_id, session_key, visitor_id: victim.visitor, ...THEM });
    expect((await erase(victim.visitor)).counts.unlinked).toEqual({ sessions: 0, leads: 1 });
    await taken(
      batchOf(session_id, { site, session_key, start: { page: PAGE, site, visitor_secret: victim.secret } }),
      BATCH,
    );
    await flushed(session_id);
    await asked(lead_id, 3);
    expect(await leadRow(lead_id)).toMatchObject({ visitor_id: null });
    expect((await exportOf(victim.visitor)).theirs.leads).toEqual([]);
  });
});
