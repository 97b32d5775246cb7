import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { STUCK_ATTEMPTS } from "../../durable/session/stuck";
import type { Erasure } from "../../src/core/api/erasure";
import { whoIs } from "../../src/core/roster/who";
import { ERASE_AGAIN_MS, LINGER_MS } from "../../src/limits";
import { type Device, exportOf, namesOf, newDevice, personOf, tracesOf } from "../support/device";
import { faults, resetFaults } from "../support/faults";
import { PATIENT } from "../support/patience";
import { erase, expectNowhere } from "../support/person";
import { rosterOf } from "../support/roster";
import { alarm, ask, evict, identified, KEY, liveOf, objectsOf, PAGE, sessionRow, tablesOf } from "../support/visit";
import { BATCH, batchOf, clicks, flushed, frameOf, later, newId, problemOf, read, taken, trackSocket } from "./helpers";

/** Anybody may send a session that names somebody else's visitor: it is no session of theirs. */

afterEach(resetFaults);

const headersOf = ({ ip }: Device) => ({ headers: { "CF-Connecting-IP": ip } });
const eventsOf = ({ email }: Device) => [...clicks(2), { event_type: "identify", data: { email } }];

/** A session that a device sends, with its fingerprint and traits, under whatever name `who` gives. */
async function send(device: Device, who: object, id = newId()): Promise<string> {
  const start = { page: PAGE, fingerprint_id: device.fingerprint, ...who };
  await taken(batchOf(id, { start, events: eventsOf(device) }), BATCH, headersOf(device));
  return id;
}

/** A device's own session, as its tracker sends it. */
const visit = (device: Device): Promise<string> => send(device, { visitor_secret: device.secret });

async function bySocket(device: Device, visitor_id: string): Promise<string> {
  const id = newId();
  const client = await trackSocket(id, { "CF-Connecting-IP": device.ip });
  const start = { page: PAGE, fingerprint_id: device.fingerprint, visitor_id };
  expect(await client.call(frameOf({ start, events: eventsOf(device) }))).toMatchObject({ t: "ack", accepted: 3 });
  client.socket.close(1000);
  return id;
}

/** On a session of the attacker's own, that has named nobody before. */
async function byLaterStart(device: Device, visitor_id: string): Promise<string> {
  const id = newId();
  await taken(batchOf(id, { start: { page: PAGE, consent: "denied" } }), BATCH, headersOf(device));
  const start = { page: PAGE, fingerprint_id: device.fingerprint, visitor_id, consent: "granted" };
  await taken(batchOf(id, { start, first: 2, events: eventsOf(device) }), BATCH, headersOf(device));
  return id;
}

/** By the actor's clock: the session is over, written out, and its actor has forgotten it. */
async function wiped(id: string): Promise<void> {
  await taken({ session_id: id, stream: "s1", first: 9, events: clicks(1), end: {} });
  await flushed(id);
  await later(2 * LINGER_MS, () => alarm(id));
  expect(await liveOf(id)).toBeNull();
}

/** The roster has heard of a session, as it does beside the call. */
async function onRoster(id: string, visitor: string): Promise<void> {
  const shard = await rosterOf(id, visitor);
  const who = (await whoIs(visitor)) ?? "";
  await expect.poll(async () => [...(await shard.sessionsOf(who, null))], PATIENT).toContain(id);
}

async function written(id: string): Promise<void> {
  await identified(id);
  await flushed(id);
}

describe("a session planted on a visitor", () => {
  describe.each<[string, (device: Device, visitor: string) => Promise<string>]>([
    ["by HTTP", (device, visitor_id) => send(device, { visitor_id })],
    ["by a socket's frame", bySocket],
    ["by a later start", byLaterStart],
  ])("%s", (_, plant) => {
    it.each<[string, (id: string, visitor: string) => Promise<void>]>([
      ["written out", written],
      ["that no store knows yet", onRoster],
      [
        "whose actor was evicted",
        async (id) => {
          await written(id);
          await evict(id);
        },
      ],
      [
        "that its actor has forgotten",
        async (id) => {
          await identified(id);
          await wiped(id);
        },
      ],
    ])("%s is apart in their export, and stays when they are erased, as nobody's", async (__, reach) => {
      const [victim, attacker] = [await newDevice(), await newDevice()];
      const own = await visit(victim);
      const planted = await plant(attacker, victim.visitor);
      await reach(planted, victim.visitor);
      await reach(own, victim.visitor);
      const events = (await liveOf(planted))?.events;
      const { theirs, unproven } = await exportOf(victim.visitor);
      expect([theirs.sessions, unproven.sessions]).toEqual([[own], [planted]]);

      const receipt = await erase(victim.visitor);
      expect(receipt).toMatchObject({
        status: "complete",
        counts: { actors: { sessions: 1 }, unlinked: { sessions: 1, leads: 0 }, unproven: 0 },
      });
      await expectNowhere(personOf(victim), [own]);
      const names = [victim.visitor, ...namesOf(attacker)];
      expect(await tracesOf(planted, victim.visitor, names)).toEqual([]);
      expect(await tablesOf(planted)).not.toContain("tombstone");
      expect((await liveOf(planted))?.events).toBe(events);
      await problemOf(await ask(`/analytics/visitors/${victim.visitor}/export`, { headers: KEY }), "not_found");

      // What the session itself does afterwards brings nothing back.
      if (events !== undefined) await flushed(planted);
      expect(await tracesOf(planted, victim.visitor, names)).toEqual([]);
      expect(await sessionRow(planted)).toMatchObject({ visitor_id: null, fingerprint_id: null, ip: null, asn: null });
      expect((await objectsOf(planted)).filter(({ key }) => key.includes("/events/")).length).toBeGreaterThan(0);
    });
  });

  it("with a secret that makes another id is the session of that id", async () => {
    const [victim, attacker] = [await newDevice(), await newDevice()];
    const [own, other] = [
      await visit(victim),
      await send(attacker, { visitor_id: victim.visitor, visitor_secret: attacker.secret }),
    ];
    for (const id of [own, other]) await written(id);
    expect((await liveOf(other))?.visitor_id).toBe(attacker.visitor);
    const { theirs, unproven } = await exportOf(victim.visitor);
    expect([theirs.sessions, unproven.sessions]).toEqual([[own], []]);
    expect((await erase(victim.visitor)).counts.unlinked).toEqual({ sessions: 0, leads: 0 });
    expect(await liveOf(other)).toMatchObject({ visitor_id: attacker.visitor, unproven: false, events: 3 });
  });

  it("by a later start on a session that names somebody already changes nothing", async () => {
    const [victim, attacker] = [await newDevice(), await newDevice()];
    const id = await visit(attacker);
    await taken(batchOf(id, { first: 4, start: { page: PAGE, visitor_id: victim.visitor } }));
    expect(await liveOf(id)).toMatchObject({ visitor_id: attacker.visitor, unproven: false });
    await written(id);
    await problemOf(await ask(`/analytics/visitors/${victim.visitor}/export`, { headers: KEY }), "not_found");
  });

  it("may be theirs after all: a later start with the secret shows it, also before a store knows", async () => {
    const victim = await newDevice();
    const id = await send(victim, { visitor_id: victim.visitor });
    await written(id);
    expect(await sessionRow(id)).toMatchObject({ detail: expect.stringContaining('"unproven":true') });
    expect((await exportOf(victim.visitor)).unproven.sessions).toEqual([id]);
    await taken(batchOf(id, { first: 4, start: { page: PAGE, visitor_secret: victim.secret } }));
    expect(await liveOf(id)).toMatchObject({ visitor_id: victim.visitor, unproven: false });
    expect((await exportOf(victim.visitor)).theirs.sessions).toEqual([id]);
    await flushed(id);
    expect(await sessionRow(id)).toMatchObject({ detail: expect.not.stringContaining("unproven") });
    // A start without it takes nothing back.
    await taken(batchOf(id, { first: 5, start: { page: PAGE, visitor_id: victim.visitor } }));
    await flushed(id);
    expect((await exportOf(victim.visitor)).theirs.sessions).toEqual([id]);
    expect((await erase(victim.visitor)).counts).toMatchObject({ d1: { sessions: 1 }, unlinked: { sessions: 0 } });
    await expectNowhere(personOf(victim), [id]);
  });

  it("goes on without a name, and is not led back by what its page says", async () => {
    const [victim, attacker] = [await newDevice(), await newDevice()];
    const planted = await send(attacker, { visitor_id: victim.visitor });
    await written(planted);
    await erase(victim.visitor);
    const again = { page: PAGE, fingerprint_id: attacker.fingerprint, visitor_id: victim.visitor };
    await taken(batchOf(planted, { first: 4, start: again, events: clicks(2) }), BATCH, headersOf(attacker));
    expect(await liveOf(planted)).toMatchObject({ events: 5, consent: "denied", visitor_id: null });
    await flushed(planted);
    expect(await tracesOf(planted, victim.visitor, [victim.visitor, ...namesOf(attacker)])).toEqual([]);
  });

  it("does not name them again with another consent, unless it shows that it is them", async () => {
    const [victim, attacker] = [await newDevice(), await newDevice()];
    const planted = await send(attacker, { visitor_id: victim.visitor });
    await written(planted);
    await erase(victim.visitor);
    await evict(planted);
    const again = { page: PAGE, consent: "granted", visitor_id: victim.visitor };
    await taken(batchOf(planted, { first: 4, start: again, events: clicks(1) }), BATCH, headersOf(attacker));
    const named = await liveOf(planted);
    expect(named).toMatchObject({ consent: "granted", visitor_id: expect.any(String) });
    expect(named?.visitor_id).not.toBe(victim.visitor);
    await flushed(planted);
    expect(await tracesOf(planted, victim.visitor, [victim.visitor])).toEqual([]);
    await taken(batchOf(planted, { first: 5, start: { page: PAGE, consent: "denied" } }));
    await taken(batchOf(planted, { first: 5, start: { ...again, visitor_secret: victim.secret } }));
    expect(await liveOf(planted)).toMatchObject({ visitor_id: victim.visitor, unproven: false });
  });

  it("keeps what it shares with them from being forgotten for somebody else", async () => {
    const [victim, attacker] = [await newDevice(), await newDevice()];
    const planted = await send(attacker, { visitor_id: victim.visitor });
    const theirs = await visit({ ...attacker, ...(await newDevice()), fingerprint: attacker.fingerprint });
    for (const id of [planted, theirs]) await written(id);
    await erase(victim.visitor);
    expect(await liveOf(theirs)).toMatchObject({ fingerprint_id: attacker.fingerprint, unproven: false });
    const { data } = await read<{ data: { known: { sessions: number } | null } }>(
      `/analytics/fingerprints/${attacker.fingerprint}`,
    );
    expect(JSON.stringify(data)).toContain(theirs);
    expect(JSON.stringify(data)).not.toContain(planted);
  });
});

/** The session has so often failed to write itself out that it no longer knows what of it has landed. */
async function stuck(id: string, device: Device): Promise<void> {
  faults.at.set("d1.batch", "refuse");
  await taken(batchOf(id, { first: 4, start: null, events: clicks(1) }), BATCH, headersOf(device));
  for (let attempt = 1; attempt < STUCK_ATTEMPTS; attempt++) await later(attempt * 3_600_000, () => alarm(id));
  resetFaults();
}

/** A row of before lands late, and claims a visitor. */
const renamed = (id: string, visitor: string): Promise<unknown> =>
  env.DB.prepare(
    "UPDATE sessions SET visitor_id = ?, detail = json_set(detail, '$.unproven', json('true')) WHERE session_id = ?",
  )
    .bind(visitor, id)
    .run();

describe("an erasure that meets planted sessions", () => {
  it("and dies half-way goes on, and counts each once", async () => {
    const [victim, attacker] = [await newDevice(), await newDevice()];
    const own = await visit(victim);
    const planted = [
      await send(attacker, { visitor_id: victim.visitor }),
      await send(attacker, { visitor_id: victim.visitor }),
    ];
    for (const id of [own, ...planted]) await written(id);
    faults.at.set("r2.list", "refuse");
    const receipt = await erase(victim.visitor);
    expect(receipt.status).toBe("working");
    resetFaults();
    await runDurableObjectAlarm(env.ERASER.getByName(receipt.erasure_id));
    const { data } = await read<{ data: Erasure }>(`/analytics/erasures/${receipt.erasure_id}`);
    expect(data).toMatchObject({
      status: "complete",
      counts: { actors: { sessions: 1 }, unlinked: { sessions: 2, leads: 0 } },
    });
    const names = [victim.visitor, ...namesOf(attacker)];
    for (const id of planted) expect(await tracesOf(id, victim.visitor, names)).toEqual([]);
    await expectNowhere(personOf(victim), [own]);
  });

  it("one of which cannot write itself out looks at it once more", async () => {
    const [victim, attacker] = [await newDevice(), await newDevice()];
    const planted = await send(attacker, { visitor_id: victim.visitor });
    await written(planted);
    await stuck(planted, attacker);
    const receipt = await erase(victim.visitor);
    expect(receipt).toMatchObject({ status: "working", counts: { unlinked: { sessions: 1 } } });
    await flushed(planted);
    // What was given up lands after all, with the name it had.
    await renamed(planted, victim.visitor);
    await later(ERASE_AGAIN_MS, () => runDurableObjectAlarm(env.ERASER.getByName(receipt.erasure_id)));
    const { data } = await read<{ data: Erasure }>(`/analytics/erasures/${receipt.erasure_id}`);
    expect(data).toMatchObject({ status: "complete", counts: { unlinked: { sessions: 1 } } });
    expect(await tracesOf(planted, victim.visitor, [victim.visitor, ...namesOf(attacker)])).toEqual([]);
  });

  it("counts one that comes back while it works once", async () => {
    const [victim, attacker] = [await newDevice(), await newDevice()];
    const [waiting, back] = [
      await send(attacker, { visitor_id: victim.visitor }),
      await send(attacker, { visitor_id: victim.visitor }),
    ];
    for (const id of [waiting, back]) await written(id);
    await stuck(waiting, attacker);
    const { erasure_id, counts } = await erase(victim.visitor);
    expect(counts.unlinked).toEqual({ sessions: 2, leads: 0 });
    await flushed(waiting);
    await renamed(back, victim.visitor);
    await later(ERASE_AGAIN_MS, () => runDurableObjectAlarm(env.ERASER.getByName(erasure_id)));
    const { data } = await read<{ data: Erasure }>(`/analytics/erasures/${erasure_id}`);
    expect(data).toMatchObject({ status: "complete", counts: { unlinked: { sessions: 2 } } });
    expect(await sessionRow(back)).toMatchObject({ visitor_id: null });
  });

  it("erases one that shows while it waits that it is theirs", async () => {
    const victim = await newDevice();
    const id = await send(victim, { visitor_id: victim.visitor });
    await written(id);
    await stuck(id, victim);
    const { erasure_id, status } = await erase(victim.visitor);
    expect(status).toBe("working");
    const start = { page: PAGE, consent: "granted", visitor_secret: victim.secret };
    await taken(batchOf(id, { first: 5, start, events: clicks(1) }), BATCH, headersOf(victim));
    expect(await liveOf(id)).toMatchObject({ visitor_id: victim.visitor, unproven: false });
    // Looked at once more, then erased, then looked at once more in its turn.
    for (const looks of [1, 2, 3]) {
      await later(looks * ERASE_AGAIN_MS + looks, () => runDurableObjectAlarm(env.ERASER.getByName(erasure_id)));
    }
    const { data } = await read<{ data: Erasure }>(`/analytics/erasures/${erasure_id}`);
    expect(data).toMatchObject({ status: "complete", counts: { actors: { sessions: 1 } } });
    expect(await tablesOf(id)).toContain("tombstone");
    await expectNowhere(personOf(victim), [id]);
  });

  it("of an id that nobody can prove erases them all, and says so", async () => {
    const [one, two] = [await newDevice(), await newDevice()];
    const visitor = `v-${one.visitor}`;
    const ids = [
      await send(one, { visitor_id: visitor, visitor_secret: one.secret }),
      await send(two, { visitor_id: visitor }),
    ];
    for (const id of ids) await written(id);
    const { theirs, unproven } = await exportOf(visitor);
    expect([theirs.sessions, unproven.sessions]).toEqual([[], [...ids].sort()]);
    expect((await erase(visitor)).counts).toMatchObject({
      actors: { sessions: 2 },
      unlinked: { sessions: 0, leads: 0 },
      unproven: 2,
    });
    await expectNowhere({ ...personOf(one), visitor }, ids);
  });
});
