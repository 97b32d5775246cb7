import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { LINGER_MS } from "../../src/limits";
import { type Device, exportOf, namesOf, newDevice, tracesOf } from "../support/device";
import { PATIENT } from "../support/patience";
import { erase, everything } from "../support/person";
import { rosterOf } from "../support/roster";
import { alarm, ask, identified, inD1, KEY, liveOf, objectsOf, PAGE, sessionRow, tablesOf } from "../support/visit";
import { BATCH, batchOf, clicks, flushed, later, newId, problemOf, taken } from "./helpers";

/** A session's id is free again a day after its end: what is one visitor's life of it is no matter of another's. */

/** A life of a session's id, sent by a device under whatever name `who` gives; events of a stream of its own. */
async function begin(device: Device, who: object, stream: string, id = newId()): Promise<string> {
  const start = { page: PAGE, fingerprint_id: device.fingerprint, ...who };
  const events = [...clicks(2), { event_type: "identify", data: { email: device.email } }];
  const headers = { "CF-Connecting-IP": device.ip };
  await taken(batchOf(id, { stream, start, events }), BATCH, { headers });
  return id;
}

async function wiped(id: string): Promise<void> {
  await identified(id);
  await taken({ session_id: id, stream: "last", first: 1, events: clicks(1), end: {} });
  await flushed(id);
  await later(2 * LINGER_MS, () => alarm(id));
  expect(await liveOf(id)).toBeNull();
}

/** The id has begun anew, days later, by the clock of whatever `then` does. */
const anew = <T>(then: () => Promise<T>): Promise<T> => later(4 * LINGER_MS, then);

const proof = ({ secret }: Device) => ({ visitor_secret: secret });
const textOf = async (id: string): Promise<string> => JSON.stringify(await objectsOf(id));

describe("an erasure touches the lives of a session's id that are the visitor's", () => {
  it("and leaves the earlier one of somebody else, in the archive and the database", async () => {
    const [before, visitor] = [await newDevice(), await newDevice()];
    const id = await begin(before, proof(before), "first");
    await wiped(id);
    await anew(async () => {
      await begin(visitor, proof(visitor), "second", id);
      await identified(id);
      await flushed(id);
      expect((await exportOf(visitor.visitor)).text).not.toContain(before.email);
      expect(await erase(visitor.visitor)).toMatchObject({
        status: "complete",
        counts: { d1: { sessions: 1, events: 3 } },
      });
    });
    expect(await inD1(id)).toEqual(["first/1", "first/2", "first/3", "last/1"]);
    expect(await textOf(id)).toContain(before.visitor);
    expect(await tablesOf(id)).toContain("tombstone");
    const left = await everything();
    for (const name of [visitor.visitor, ...namesOf(visitor)]) expect(left).not.toContain(name);
  });

  it("and leaves the one that somebody else has begun since, which no store knows yet", async () => {
    const [visitor, after] = [await newDevice(), await newDevice()];
    const id = await begin(visitor, proof(visitor), "first");
    await wiped(id);
    await anew(async () => {
      await begin(after, proof(after), "second", id);
      const shard = await rosterOf(id, after.visitor);
      await expect.poll(async () => (await shard.summary(null, "include", 100)).visitors, PATIENT).toBeGreaterThan(0);
      expect(await sessionRow(id)).toMatchObject({ visitor_id: visitor.visitor });
      expect(await erase(visitor.visitor)).toMatchObject({
        status: "complete",
        counts: { d1: { sessions: 1, events: 4 } },
      });
      expect(await liveOf(id)).toMatchObject({ visitor_id: after.visitor, unproven: false, events: 3 });
      await flushed(id);
      expect(await inD1(id)).toEqual(["second/1", "second/2", "second/3"]);
      expect((await exportOf(after.visitor)).theirs.sessions).toEqual([id]);
    });
    const left = await everything();
    for (const name of [visitor.visitor, ...namesOf(visitor)]) expect(left).not.toContain(name);
  });

  it("and takes the name from one that somebody else has begun under it", async () => {
    const [visitor, attacker] = [await newDevice(), await newDevice()];
    const id = await begin(visitor, proof(visitor), "first");
    await wiped(id);
    await anew(async () => {
      await begin(attacker, { visitor_id: visitor.visitor }, "second", id);
      await identified(id);
      await flushed(id);
      const { theirs, unproven } = await exportOf(visitor.visitor);
      expect([theirs.sessions, unproven.sessions]).toEqual([[id], [id]]);
      expect((await erase(visitor.visitor)).counts).toMatchObject({
        d1: { sessions: 0, events: 4 },
        actors: { sessions: 1 },
        unlinked: { sessions: 1 },
      });
      expect(await liveOf(id)).toMatchObject({ events: 3, visitor_id: null });
      expect(await inD1(id)).toEqual(["second/1", "second/2", "second/3"]);
      const names = [visitor.visitor, ...namesOf(visitor), ...namesOf(attacker)];
      expect(await tracesOf(id, visitor.visitor, names)).toEqual([]);
      await problemOf(await ask(`/analytics/visitors/${visitor.visitor}/export`, { headers: KEY }), "not_found");
    });
  });

  it("and unlinks only those that claim them", async () => {
    const [attacker, visitor] = [await newDevice(), await newDevice()];
    const id = await begin(attacker, proof(attacker), "first");
    await wiped(id);
    await anew(async () => {
      await begin(attacker, { visitor_id: visitor.visitor }, "second", id);
      await identified(id);
      await flushed(id);
      expect((await erase(visitor.visitor)).counts).toMatchObject({
        actors: { sessions: 0 },
        unlinked: { sessions: 1 },
      });
    });
    const identities = (await objectsOf(id)).filter(({ key }) => key.includes("/identity/"));
    expect(identities.map(({ text }) => (JSON.parse(text) as { visitor_id: string }).visitor_id)).toEqual([
      ...new Array<string>(identities.length).fill(attacker.visitor),
    ]);
    expect(identities.length).toBeGreaterThan(0);
    expect(await inD1(id)).toHaveLength(7);
  });
});

describe("an export finds what an erasure finds", () => {
  it("as theirs, where the archive alone knows that it has shown it", async () => {
    const visitor = await newDevice();
    const id = await begin(visitor, proof(visitor), "first");
    await wiped(id);
    // A row of before the proof landed late.
    await env.DB.prepare(
      "UPDATE sessions SET detail = json_set(detail, '$.unproven', json('true')) WHERE session_id = ?",
    )
      .bind(id)
      .run();
    const { theirs, unproven } = await exportOf(visitor.visitor);
    expect([theirs.sessions, unproven.sessions]).toEqual([[id], []]);
    expect((await erase(visitor.visitor)).counts).toMatchObject({ actors: { sessions: 1 }, unlinked: { sessions: 0 } });
  });

  it("with an earlier life of theirs, each by itself", async () => {
    const visitor = await newDevice();
    const id = await begin(visitor, proof(visitor), "first");
    await wiped(id);
    await anew(async () => {
      await begin(visitor, proof(visitor), "second", id);
      await identified(id);
      const { theirs, text } = await exportOf(visitor.visitor);
      expect(theirs.sessions).toEqual([id, id]);
      for (const stream of ["first", "second"]) expect(text.split(`"stream":"${stream}","number":1,`)).toHaveLength(2);
    });
  });
});
