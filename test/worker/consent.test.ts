import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { callsBy, faults, resetFaults } from "../support/faults";
import { rowsIn } from "../support/identity";
import { PATIENT } from "../support/patience";
import {
  alarm,
  ask,
  callOf,
  entriesInR2,
  evict,
  inD1,
  inR2,
  journalOf,
  KEY,
  liveOf,
  numbered,
  PAGE,
  post,
  sessionRow,
  someEvents,
  stubOf,
  tablesOf,
  take,
} from "../support/visit";
import {
  BATCH,
  batchOf,
  clicks,
  END,
  flushed,
  frameOf,
  later,
  newId,
  problemOf,
  START,
  taken,
  trackSocket,
} from "./helpers";

/** Each test looks through everything that is stored, so each begins with empty stores. */
afterEach(async () => {
  resetFaults();
  await env.DB.batch([env.DB.prepare("DELETE FROM sessions"), env.DB.prepare("DELETE FROM events")]);
  const { objects } = await env.TRACKING_R2.list();
  await env.TRACKING_R2.delete(objects.map(({ key }) => key));
});

/** Values that name a person, each found nowhere else by accident. */
const PERSON = {
  visitor_id: "visitor-Qx7",
  fingerprint_id: "fingerprint-Zt4",
  email: "mia-Kd9@mail.example",
  ip: "198.51.100.23",
  masked: "198.51.100.0/24",
  device: "the browser of Mia",
};

const start = {
  page: PAGE,
  visitor_id: PERSON.visitor_id,
  fingerprint_id: PERSON.fingerprint_id,
  device_info: { user_agent: PERSON.device, platform: "Linux" },
};
const identify = { event_type: "identify", data: { email: PERSON.email } };

type Store = "d1" | "r2" | "kv" | "actor" | "identities";

/** Everything stored anywhere, as text: each row of D1, each object and key of R2, KV, and the actor's own tables. */
async function everythingStored(session_id: string): Promise<Record<Store, string>> {
  const tables = await env.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<{ name: string }>();
  const names = tables.results.map(({ name }) => name).filter((name) => !name.startsWith("_cf"));
  const rows = await Promise.all(
    names.map(async (name) => (await env.DB.prepare(`SELECT * FROM ${name}`).all()).results),
  );
  const { objects } = await env.TRACKING_R2.list();
  const texts = await Promise.all(
    objects.map(async ({ key }) => [key, await (await env.TRACKING_R2.get(key))?.text()]),
  );
  const { keys } = await env.TRACKING_KV.list();
  const values = await Promise.all(keys.map(async ({ name }) => [name, await env.TRACKING_KV.get(name)]));
  const actor = await runInDurableObject(stubOf(session_id), (_, { storage }) => {
    const own = [...storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")];
    return own
      .map(({ name }) => name)
      .filter((name) => !name.startsWith("_cf"))
      .map((name) => [...storage.sql.exec(`SELECT * FROM ${name}`)]);
  });
  return {
    d1: JSON.stringify(rows),
    r2: JSON.stringify(texts),
    kv: JSON.stringify(values),
    actor: JSON.stringify(actor),
    identities: JSON.stringify(
      await Promise.all((await listDurableObjectIds(env.IDENTITY)).map((id) => rowsIn(env.IDENTITY.get(id)))),
    ),
  };
}

/** Which of the person's values are where; empty when nothing names them. */
async function traces(session_id: string, values: string[]): Promise<string[]> {
  const stores = Object.entries(await everythingStored(session_id));
  return stores.flatMap(([store, text]) =>
    values.filter((value) => text.includes(value)).map((value) => `${value} in ${store}`),
  );
}

/**
 * Fifty seconds on by the actor's clock nobody is named any more. An alarm that is due fires by itself, so that one run
 * by hand may find none: then its work is waited for.
 */
async function expectErased(session_id: string, names = NAMES): Promise<void> {
  const left = async () => {
    await later(50_000, () => alarm(session_id));
    return traces(session_id, names);
  };
  await expect.poll(left, PATIENT).toEqual([]);
}

/** Waits until the alarm has tried a write that a fault refuses. */
async function attempted(session_id: string, point: string): Promise<void> {
  const calls = () => callsBy(stubOf(session_id));
  const before = calls().length;
  const since = async () => {
    await later(10_000, () => alarm(session_id));
    return calls().slice(before);
  };
  await expect.poll(since, PATIENT).toContain(point);
}

const NAMES = [PERSON.visitor_id, PERSON.fingerprint_id, PERSON.email, PERSON.ip, PERSON.masked];
const ip = PERSON.ip;

describe("with consent", () => {
  it("the person is found in the head, the session's row and the identity objects, and in no event or event object", async () => {
    const session_id = newId();
    await post(BATCH, batchOf(session_id, { start, events: [identify, ...clicks(2)] }), { ip });
    expect(JSON.stringify(await journalOf(session_id))).not.toContain(PERSON.email);
    await flushed(session_id);
    // The identity actors have stores of their own, and write them after they have answered.
    const stores = async () => new Set((await traces(session_id, NAMES)).map((trace) => trace.split(" in ")[1]));
    await expect.poll(stores, PATIENT).toEqual(new Set(["d1", "r2", "kv", "actor", "identities"]));
    const log = JSON.stringify([await entriesInR2(session_id), await journalOf(session_id)]);
    const { results } = await env.DB.prepare("SELECT * FROM events WHERE session_id = ?").bind(session_id).all();
    for (const name of NAMES) expect(log + JSON.stringify(results)).not.toContain(name);
    expect((await liveOf(session_id))?.traits).toEqual({ email: PERSON.email });
    const { device_id } = (await liveOf(session_id)) ?? {};
    expect(device_id).toMatch(/^[0-9a-f]{32}$/);
    // So that the suites below start from stores that name nobody.
    await post(START, { page: PAGE, session_id, consent: "denied" }, { ip });
    await expectErased(session_id);
  });
});

describe("without consent", () => {
  it.each([
    ["denied by the start", { start: { ...start, consent: "denied" } }, {}],
    ["denied by Sec-GPC", { start }, { "Sec-GPC": "1" }],
    [
      "denied by Sec-GPC although the start says granted",
      { start: { ...start, consent: "granted" } },
      { "Sec-GPC": "1" },
    ],
  ])("events are kept and nobody is named: %s", async (_, more, headers) => {
    const session_id = newId();
    const body = batchOf(session_id, { ...more, events: [identify, ...clicks(2)] });
    const response = await post(BATCH, body, { ip, headers });
    expect(await response.json()).toMatchObject({ accepted: 3 });
    await post(START, { ...start, session_id, ...more.start }, { ip, headers });
    await post(BATCH, batchOf(session_id, { first: 4, events: [identify], start: undefined }), { ip, headers });
    const live = await liveOf(session_id);
    expect(live).toMatchObject({
      consent: "denied",
      events: 4,
      visitor_id: null,
      fingerprint_id: null,
      ip: null,
      asn: null,
      device_id: null,
      traits: {},
      network: { address: null },
    });
    expect(await traces(session_id, NAMES)).toEqual([]);
    await post(END, { session_id }, { ip, headers });
    await flushed(session_id);
    expect(await traces(session_id, NAMES)).toEqual([]);
    expect(await inD1(session_id)).toEqual(numbered(1, 4));
    expect(await inR2(session_id)).toEqual(numbered(1, 4));
    expect(await env.TRACKING_R2.list({ prefix: "sessions/" })).toMatchObject({
      objects: expect.not.arrayContaining([expect.objectContaining({ key: expect.stringContaining("/identity/") })]),
    });
  });

  it("the answer to a start names no visitor and no device", async () => {
    const response = await post(START, { ...start, consent: "denied" }, { ip });
    expect(await response.json()).toMatchObject({ visitor_id: null, device_id: null });
  });

  it("no network number is kept, where the edge tells one", async () => {
    const session_id = newId();
    const call = callOf(session_id, { start: { consent: "denied" }, events: someEvents(2) });
    await take(call);
    await flushed(session_id);
    expect(await traces(session_id, ["64500", "203.0.113", "visitor-1", "d".repeat(32)])).toEqual([]);
    expect(await sessionRow(session_id)).toMatchObject({ country: "DE", asn: null, ip: null, visitor_id: null });
  });

  it("Sec-GPC on a socket counts for all of its frames", async () => {
    const session_id = newId();
    const socket = await trackSocket(session_id, { "Sec-GPC": "1", "CF-Connecting-IP": ip });
    expect(await socket.call(frameOf({ start: { ...start, consent: "granted" }, events: [identify] }))).toMatchObject({
      accepted: 1,
    });
    await flushed(session_id);
    expect(await traces(session_id, NAMES)).toEqual([]);
  });
});

describe("while consent is pending", () => {
  it("nothing at all is stored: no table, no row, no object", async () => {
    const session_id = newId();
    const pending = { ...start, consent: "pending" };
    const response = await post(START, { ...pending, session_id }, { ip });
    expect(await response.json()).toMatchObject({ session_id, visitor_id: null, device_id: null });
    expect(await tablesOf(session_id)).toEqual([]);
    await problemOf(await post(BATCH, batchOf(session_id, { start: pending }), { ip }), "consent_pending");
    await problemOf(await post(BATCH, batchOf(session_id, { start: undefined }), { ip }), "session_unknown");
    const socket = await trackSocket(session_id);
    expect(await socket.call(frameOf({ start: pending }))).toMatchObject({ t: "error", code: "consent_pending" });
    expect(await tablesOf(session_id)).toEqual([]);
    expect(await traces(session_id, [...NAMES, session_id])).toEqual([]);
  });

  it("becomes a session with the first start that has consent", async () => {
    const session_id = newId();
    await post(START, { ...start, session_id, consent: "pending" });
    expect(await taken(batchOf(session_id, { start: { page: PAGE, consent: "granted" } }))).toMatchObject({
      accepted: 1,
    });
    expect((await liveOf(session_id))?.consent).toBe("granted");
  });
});

describe("a site's default consent", () => {
  const settings = { allowed_origins: ["*"] };

  it.each(["denied", "pending"] as const)("holds for a start that says nothing: %s", async (default_consent) => {
    const site = `default-${default_consent}`;
    const saved = await ask(`/analytics/sites/${site}`, {
      method: "PUT",
      headers: KEY,
      body: JSON.stringify({ ...settings, default_consent }),
    });
    expect(saved.status).toBe(200);
    const session_id = newId();
    const response = await post(`${BATCH}?site=${site}`, batchOf(session_id, { start }), { ip });
    if (default_consent === "pending") {
      await problemOf(response, "consent_pending");
      expect(await tablesOf(session_id)).toEqual([]);
    } else {
      expect(response.status).toBe(200);
      expect(await liveOf(session_id)).toMatchObject({ consent: "denied", visitor_id: null, ip: null });
    }
    const granted = newId();
    const asked = batchOf(granted, { start: { ...start, consent: "granted" } });
    expect((await post(`${BATCH}?site=${site}`, asked, { ip })).status).toBe(200);
    expect(await liveOf(granted)).toMatchObject({ consent: "granted", visitor_id: PERSON.visitor_id });
    // So that the tests below start from stores that name nobody.
    await post(`${START}?site=${site}`, { page: PAGE, session_id: granted, consent: "denied" });
    await expectErased(granted);
  });
});

describe("a withdrawal", () => {
  /** Two flushes, the second after a change of identity: two identity objects, one row that names the person. */
  async function knownPerson(): Promise<string> {
    const session_id = newId();
    await post(BATCH, batchOf(session_id, { start: { page: PAGE, visitor_id: PERSON.visitor_id } }), { ip });
    await flushed(session_id);
    await post(BATCH, batchOf(session_id, { first: 2, start, events: [identify, ...clicks(2)] }), { ip });
    await flushed(session_id);
    expect(await traces(session_id, [PERSON.fingerprint_id])).toEqual(
      expect.arrayContaining([
        `${PERSON.fingerprint_id} in d1`,
        `${PERSON.fingerprint_id} in r2`,
        `${PERSON.fingerprint_id} in actor`,
      ]),
    );
    return session_id;
  }

  const withdraw = (session_id: string) => post(START, { page: PAGE, session_id, consent: "denied" }, { ip });

  it("leaves no name anywhere within a minute, and keeps what is anonymous", async () => {
    const session_id = await knownPerson();
    const device_id = (await liveOf(session_id))?.device_id ?? "no device";
    const response = await withdraw(session_id);
    expect(await response.json()).toMatchObject({ session_id, visitor_id: null, device_id: null });
    expect(await traces(session_id, NAMES)).not.toContainEqual(expect.stringContaining("actor"));
    await expectErased(session_id, [...NAMES, device_id]);
    expect(await liveOf(session_id)).toMatchObject({ consent: "denied", events: 4, counts: { click: 3, identify: 1 } });
    expect(await sessionRow(session_id)).toMatchObject({ events: 4, visitor_id: null, fingerprint_id: null, ip: null });
    expect(await inD1(session_id)).toEqual(numbered(1, 4));
  });

  it("holds for what comes after it, by any route, until consent is given again", async () => {
    const session_id = await knownPerson();
    await withdraw(session_id);
    await taken(batchOf(session_id, { first: 5, start, events: [identify] }));
    await evict(session_id);
    await post(START, { ...start, session_id }, { ip });
    await flushed(session_id);
    expect(await traces(session_id, NAMES)).toEqual([]);
    await post(START, { ...start, session_id, consent: "granted" }, { ip });
    await taken(batchOf(session_id, { first: 6 }));
    await flushed(session_id);
    expect(await sessionRow(session_id)).toMatchObject({ visitor_id: PERSON.visitor_id });
    await withdraw(session_id);
    await expectErased(session_id);
  });

  it("comes with Sec-GPC on any request, and by a frame", async () => {
    const byHeader = await knownPerson();
    await post(BATCH, batchOf(byHeader, { first: 5, start: undefined }), { ip, headers: { "Sec-GPC": "1" } });
    await expectErased(byHeader);
    const byFrame = await knownPerson();
    const socket = await trackSocket(byFrame, { "CF-Connecting-IP": ip });
    await socket.call(frameOf({ first: 5, start: { page: PAGE, consent: "denied" } }));
    await expectErased(byFrame);
  });

  it("works on an ended session, and survives an eviction before its alarm", async () => {
    const session_id = await knownPerson();
    await post(END, { session_id }, { ip });
    await flushed(session_id);
    await withdraw(session_id);
    await evict(session_id);
    await expectErased(session_id);
  });

  it("before the first flush writes nothing that would have to be erased", async () => {
    const session_id = newId();
    // By a clock that is ahead of the runtime's, or its own alarm could flush first on a busy machine.
    await later(60_000, async () => {
      await post(BATCH, batchOf(session_id, { start, events: [identify] }), { ip });
      await withdraw(session_id);
      await flushed(session_id);
    });
    expect(await traces(session_id, NAMES)).toEqual([]);
    expect(callsBy(stubOf(session_id))).not.toContain("r2.put identity");
  });

  it("while a flush hangs half-way is erased as soon as that flush is through", async () => {
    const session_id = newId();
    await post(BATCH, batchOf(session_id, { start, events: [identify, ...clicks(1)] }), { ip });
    let release = (): void => {};
    faults.gate = new Promise((resolve) => {
      release = resolve;
    });
    const running = later(60_000, async () => {
      const flush = alarm(session_id);
      await expect.poll(() => callsBy(stubOf(session_id)).length, PATIENT).toBe(4);
      await withdraw(session_id);
      faults.gate = null;
      release();
      await flush;
    });
    await running;
    await later(60_000, () => expectErased(session_id));
    expect(await inD1(session_id)).toEqual(numbered(1, 2));
    expect(await inR2(session_id)).toEqual(numbered(1, 2));
  });

  it("is tried again until R2 deletes, also when a delete was done and reported as failed", async () => {
    const session_id = await knownPerson();
    faults.at.set("r2.delete identity", "refuse");
    await withdraw(session_id);
    await attempted(session_id, "r2.delete identity");
    expect(await traces(session_id, NAMES)).toEqual(expect.arrayContaining([`${PERSON.email} in r2`]));
    await evict(session_id);
    faults.at.set("r2.delete identity", "lie");
    await later(30_000, () => alarm(session_id));
    faults.at.clear();
    await expectErased(session_id);
    expect((await liveOf(session_id))?.actor.journal_depth).toBe(0);
  });

  it("is tried again until R2 lists", async () => {
    const session_id = await knownPerson();
    faults.at.set("r2.list", "refuse");
    await withdraw(session_id);
    await attempted(session_id, "r2.list");
    faults.at.clear();
    await expectErased(session_id);
  });

  it("clears D1's row once D1 is back", async () => {
    const session_id = await knownPerson();
    faults.at.set("d1.batch", "refuse");
    await withdraw(session_id);
    await attempted(session_id, "d1.batch");
    expect(await traces(session_id, NAMES)).toEqual(expect.arrayContaining([`${PERSON.visitor_id} in d1`]));
    faults.at.clear();
    await expectErased(session_id);
  });

  it("followed by consent before its alarm runs keeps what came after, and only that", async () => {
    const session_id = await knownPerson();
    const again = { visitor_id: "visitor-new", consent: "granted" } as const;
    await runInDurableObject(stubOf(session_id), (actor) => {
      expect(actor.track(callOf(session_id, { start: { consent: "denied" } }))).toMatchObject({ ok: true });
      expect(actor.track(callOf(session_id, { start: again, ip: "192.0.2.0/24" }))).toMatchObject({ ok: true });
    });
    await flushed(session_id);
    await expectErased(session_id);
    expect(await traces(session_id, ["visitor-new"])).toEqual([
      "visitor-new in d1",
      "visitor-new in r2",
      "visitor-new in actor",
    ]);
  });
});
