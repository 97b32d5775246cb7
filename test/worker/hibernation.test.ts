import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { shardOfIdentity } from "../support/identity";
import { endpoint, leadStub, newSite, receive, submit } from "../support/leads";
import { erase, newPerson, visit } from "../support/person";
import { rosterOf } from "../support/roster";
import { callOf, drain, identified, KEY, liveOf, someEvents, stubOf, take } from "../support/visit";
import { connect, frameOf, newId, trackSocket } from "./helpers";

/**
 * An actor with idle sockets hibernates: if they are the runtime's own, and if nothing is under way, be it a timer or a call
 * that is waited for. `test/system/socket.test.ts` waits until one does by itself.
 */

afterEach(() => {
  vi.restoreAllMocks();
});

/** Lets an actor go to sleep. The runtime waits for what is under way: for ever where something always is. */
async function sleeps<T extends Rpc.DurableObjectBranded>(stub: DurableObjectStub<T>): Promise<void> {
  const asleep = evictDurableObject(stub).then(() => "asleep");
  expect(await Promise.race([asleep, scheduler.wait(10_000).then(() => "kept awake")])).toBe("asleep");
}

describe("a socket outlives the instance that opened it", () => {
  it("of a page, and of whoever follows its session", async () => {
    const id = newId();
    const page = await trackSocket(id);
    expect(await page.call(frameOf())).toMatchObject({ t: "ack", accepted: 1 });
    await identified(id);
    const analyst = await connect(`/analytics/sessions/${id}/stream`, KEY);
    expect(await analyst.next()).toMatchObject({ t: "live", data: { actor: { wakes: 1 } } });
    await sleeps(stubOf(id));
    expect(await page.call(frameOf({ first: 2 }))).toMatchObject({ t: "ack", accepted: 1, ack: { through: 2 } });
    expect((await liveOf(id))?.actor.wakes).toBe(2);
    await expect.poll(() => analyst.received.join(), { timeout: 5_000 }).toContain('"events":2');
    for (const { socket } of [page, analyst]) socket.close();
  });

  it("of whoever follows a site", async () => {
    const site = `site-${newId()}`;
    const follower = await connect(`/analytics/realtime/stream?site=${site}`, KEY);
    expect(await follower.next()).toMatchObject({ t: "realtime", data: { visitors: 0 } });
    await sleeps(env.REALTIME.getByName(site));
    await take(callOf(newId(), { site, events: someEvents(1) }));
    await expect.poll(() => follower.received.join(), { timeout: 10_000 }).toContain('"visitors":1');
    follower.socket.close();
  });
});

describe("nothing is left under way", () => {
  it("in a session that has been written, nor in whom it has asked and told", async () => {
    const person = newPerson();
    const id = await visit(person, { end: true });
    await identified(id);
    await drain(id);
    await sleeps(stubOf(id));
    await sleeps(shardOfIdentity("fingerprint", person.fingerprint));
    await sleeps(shardOfIdentity("address", person.ip));
    await sleeps(await rosterOf(id, person.visitor));
  });

  it("in a lead that has been delivered, nor in its endpoint", async () => {
    const received = receive();
    const site = await newSite([endpoint("crm")]);
    const { lead_id } = await submit(site, { email: "ada@mail.example" });
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(1);
    await sleeps(leadStub(lead_id));
    await sleeps(env.ENDPOINT.getByName(`${site}/crm`));
  });

  it("in an erasure that is through, nor in the session it has erased", async () => {
    const person = newPerson();
    const id = await visit(person, { end: true });
    await drain(id);
    const { erasure_id } = await erase(person.visitor);
    await sleeps(stubOf(id));
    await sleeps(env.ERASER.getByName(erasure_id));
  });
});
