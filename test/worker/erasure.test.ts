import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { TOMBSTONE_MS } from "../../durable/session/erasing";
import type { Erasure } from "../../src/core/api/erasure";
import { callsBy, faults, resetFaults } from "../support/faults";
import { PATIENT } from "../support/patience";
import { erase, everything, expectNowhere, leadOf, newPerson, tablesIn, visit } from "../support/person";
import { rosterOf } from "../support/roster";
import {
  alarm,
  ask,
  callOf,
  evict,
  KEY,
  liveOf,
  objectsOf,
  post,
  refuse,
  someEvents,
  stubOf,
  tablesOf,
  take,
} from "../support/visit";
import { BATCH, batchOf, flushed, later, newId, problemOf, read } from "./helpers";

afterEach(resetFaults);

/** Waits until the roster has heard of a session, as it does beside the call. */
async function onRoster(id: string, visitor: string): Promise<void> {
  const shard = await rosterOf(id, visitor);
  const ids = async () =>
    (await shard.summary("default", "include", 1_000)).sessions.map(({ session_id }) => session_id);
  await expect.poll(ids, PATIENT).toContain(id);
}

describe("an erasure", () => {
  it("leaves nothing of a person in D1, R2, KV and the actors, and gives a receipt", async () => {
    const person = newPerson();
    const ids = [await visit(person, { end: true }), await visit(person)];
    for (const id of ids) await flushed(id);
    await take(callOf(ids[1] ?? "", { start: false, first: 4, events: someEvents(1), ip: person.ip }));
    const before = await everything();
    for (const needle of Object.values(person)) expect(before, needle).toContain(needle);
    const receipt = await erase(person.visitor);
    expect(receipt).toMatchObject({
      status: "complete",
      keep_leads: false,
      completed_at: expect.any(Number),
      counts: {
        d1: { sessions: 2, events: 6 },
        actors: { sessions: 2, identities: 2, leads: 0 },
        // Whose id is no hash of a secret cannot show that a session is theirs.
        unlinked: { sessions: 0, leads: 0 },
        unproven: 2,
      },
    });
    expect(receipt.counts.r2.objects).toBeGreaterThanOrEqual(6);
    await expectNowhere(person, ids);
    expect((await read<{ data: Erasure }>(`/analytics/erasures/${receipt.erasure_id}`)).data).toEqual(receipt);
  });

  it("reaches sessions that no store knows yet", async () => {
    const person = newPerson();
    const id = await visit(person);
    await onRoster(id, person.visitor);
    expect((await erase(person.visitor)).counts).toMatchObject({ d1: { sessions: 0 }, actors: { sessions: 1 } });
    await expectNowhere(person, [id]);
  });

  it("leaves a tombstone: the session takes nothing any more, also after an eviction, and nothing comes back", async () => {
    const person = newPerson();
    const id = await visit(person);
    await flushed(id);
    await erase(person.visitor);
    const again = callOf(id, { events: someEvents(3), start: { visitor_id: person.visitor } });
    expect((await refuse(again)).code).toBe("session_erased");
    await evict(id);
    expect((await refuse(again)).code).toBe("session_erased");
    await problemOf(await post(BATCH, batchOf(id)), "session_erased");
    expect(await liveOf(id)).toBeNull();
    await alarm(id);
    await expectNowhere(person, [id]);
    // Long after, the id is free again.
    await later(TOMBSTONE_MS, () => alarm(id));
    expect(await tablesOf(id)).toEqual([]);
  });

  it("keeps other people's data, and what they share with the person", async () => {
    const person = newPerson();
    const other = { ...newPerson(), fingerprint: person.fingerprint, ip: person.ip };
    const [id, theirs] = [await visit(person), await visit(other)];
    for (const one of [id, theirs]) await flushed(one);
    const { counts } = await erase(person.visitor);
    expect(counts).toMatchObject({ d1: { sessions: 1 }, actors: { sessions: 1, identities: 0 } });
    const text = await everything();
    expect(text).not.toContain(person.visitor);
    expect(text).toContain(other.visitor);
    expect(text).toContain(other.fingerprint);
    expect((await objectsOf(theirs)).length).toBeGreaterThan(0);
    expect((await liveOf(theirs))?.events).toBe(3);
  });

  it("of somebody unknown, or erased already, is 404 and no receipt of nothing", async () => {
    const person = newPerson();
    const id = await visit(person);
    await flushed(id);
    await erase(person.visitor);
    for (const visitor of [person.visitor, "v-of-nobody"]) {
      const path = `/analytics/visitors/${visitor}`;
      await problemOf(await ask(path, { method: "DELETE", headers: KEY }), "not_found");
    }
  });

  it("that meets a failing store goes on by itself until it is complete", async () => {
    const person = newPerson();
    const id = await visit(person);
    await flushed(id);
    faults.at.set("r2.list", "refuse");
    const receipt = await erase(person.visitor);
    expect(receipt.status).toBe("working");
    expect((await refuse(callOf(id, { events: someEvents(1) }))).code).toBe("session_erased");
    faults.at.clear();
    await runDurableObjectAlarm(env.ERASER.getByName(receipt.erasure_id));
    const { data } = await read<{ data: Erasure }>(`/analytics/erasures/${receipt.erasure_id}`);
    expect(data.status).toBe("complete");
    await expectNowhere(person, [id]);
    const left = await runInDurableObject(env.ERASER.getByName(receipt.erasure_id), (_, state) => state.storage.list());
    expect(left.size).toBe(0);
  });

  it("waits for a flush that is under way: what it writes goes too", async () => {
    const person = newPerson();
    let open = () => {};
    faults.gate = new Promise((resolve) => {
      open = resolve;
    });
    const id = await visit(person, { end: true });
    const flushing = later(60_000, () => alarm(id));
    await expect.poll(() => callsBy(stubOf(id)), PATIENT).toContain("d1.batch");
    const erasing = erase(person.visitor);
    await scheduler.wait(50);
    open();
    faults.gate = null;
    const [, receipt] = await Promise.all([flushing, erasing]);
    expect(receipt).toMatchObject({ status: "complete", counts: { d1: { sessions: 1, events: 3 } } });
    await expectNowhere(person, [id]);
  });

  it("by a key for one site erases what is of that site", async () => {
    const person = newPerson();
    const site = `site-${newId().slice(0, 8)}`;
    const [ours, theirs] = [await visit(person, { site }), await visit(person)];
    for (const id of [ours, theirs]) await flushed(id);
    const body = { name: "x", scopes: ["admin"], sites: [site] };
    const { data } = await (await post("/analytics/keys", body, { headers: KEY })).json<{ data: { key: string } }>();
    const headers = { Authorization: `Bearer ${data.key}` };
    const answer = await ask(`/analytics/visitors/${person.visitor}`, { method: "DELETE", headers });
    expect((await answer.json<{ data: Erasure }>()).data.counts.d1.sessions).toBe(1);
    expect(await liveOf(ours)).toBeNull();
    expect((await liveOf(theirs))?.events).toBe(3);
  });

  it("is 400 for an unknown ground to keep leads, and for an unknown parameter", async () => {
    for (const query of ["keep_leads=yes", "force=1"]) {
      const response = await ask(`/analytics/visitors/v-1?${query}`, { method: "DELETE", headers: KEY });
      await problemOf(response, "invalid_query");
    }
  });
});

describe("leads of an erased person", () => {
  it("go with everything about them", async () => {
    const person = newPerson();
    const id = await visit(person);
    const lead_id = await leadOf(person, id);
    await flushed(id);
    expect(await everything()).toContain(lead_id);
    expect((await erase(person.visitor)).counts).toMatchObject({ d1: { leads: 1 }, actors: { leads: 1 } });
    await expectNowhere(person, [id]);
    expect(await everything()).not.toContain(lead_id);
    expect(await tablesIn(env.LEAD.getByName(lead_id))).toEqual([]);
  });

  it("stay under a legal hold", async () => {
    const person = newPerson();
    const id = await visit(person);
    const lead_id = await leadOf(person, id);
    await flushed(id);
    expect(await erase(person.visitor, "?keep_leads=legal_hold")).toMatchObject({
      keep_leads: true,
      counts: { d1: { leads: 0 } },
    });
    const text = await everything();
    expect(text).toContain(lead_id);
    expect(text).toContain(person.email);
    expect(await objectsOf(id)).toEqual([]);
  });
});

describe("a person's export", () => {
  it("has their sessions with every entry, who they were, and their leads", async () => {
    const person = newPerson();
    const ids = [await visit(person, { end: true }), await visit(person)];
    for (const id of ids) await flushed(id);
    await take(callOf(ids[1] ?? "", { start: false, first: 4, events: someEvents(1) }));
    const response = await ask(`/analytics/visitors/${person.visitor}/export`, { headers: KEY });
    const { data } = await response.json<{
      data: {
        visitor_id: string;
        sessions: object[];
        unproven: { sessions: { session_id: string; identity: object[]; entries: { kind: string }[] }[] };
      };
    }>();
    expect(data).toMatchObject({ visitor_id: person.visitor, sessions: [], leads: [] });
    const { sessions } = data.unproven;
    expect(sessions.map(({ session_id }) => session_id).sort()).toEqual([...ids].sort());
    const events = sessions.map(({ entries }) => entries.filter(({ kind }) => kind === "event").length);
    expect(events.sort()).toEqual([3, 4]);
    for (const { identity } of sessions) {
      expect(identity[0]).toMatchObject({ visitor_id: person.visitor, fingerprint_id: person.fingerprint });
    }
    expect(JSON.stringify(data)).toContain(person.email);
  });

  it("has a session that no store knows yet", async () => {
    const person = newPerson();
    const id = await visit(person);
    await onRoster(id, person.visitor);
    const response = await ask(`/analytics/visitors/${person.visitor}/export`, { headers: KEY });
    const { data } = await response.json<{
      data: { unproven: { sessions: { session_id: string; entries: object[] }[] } };
    }>();
    const { sessions } = data.unproven;
    expect(sessions.map(({ session_id }) => session_id)).toEqual([id]);
    expect(JSON.stringify(sessions[0]?.entries)).toContain(person.email);
  });

  it("of somebody unknown is 404, and needs the scope export", async () => {
    await problemOf(await ask("/analytics/visitors/v-of-nobody/export", { headers: KEY }), "not_found");
    const body = { name: "x", scopes: ["read", "admin"] };
    const { data } = await (await post("/analytics/keys", body, { headers: KEY })).json<{ data: { key: string } }>();
    const headers = { Authorization: `Bearer ${data.key}` };
    await problemOf(await ask("/analytics/visitors/v-1/export", { headers }), "scope_missing");
  });
});
