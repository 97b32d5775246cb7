import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newBreaker } from "../../src/core/leads/breaker";
import { newDelivery } from "../../src/core/leads/delivery";
import { AlertStore } from "../../src/data/store/alerts";
import { readFlushes, readIdentities, readMeta } from "../../src/data/store/archive";
import { EndpointStore } from "../../src/data/store/endpoint";
import { IdentityRows } from "../../src/data/store/identity";
import { OutboxStore } from "../../src/data/store/outbox";
import { findOpenRun, listRuns } from "../../src/data/store/retention";
import { RosterRows } from "../../src/data/store/roster";
import { leadStub } from "../support/leads";

/**
 * What actors, D1 and R2 keep as JSON: its bytes now, and what was written before it had a version. Both are read, and a
 * version that this code does not know is refused.
 */

const inStorage = (look: (storage: DurableObjectStorage) => void): Promise<void> =>
  runInDurableObject(leadStub(crypto.randomUUID()), (_, { storage }) => look(storage));

/** The text of a column's only row. */
const textIn = ({ sql }: DurableObjectStorage, table: string, column: string): unknown =>
  sql.exec(`SELECT ${column} AS text FROM ${table}`).one()["text"];

const NEWER = "version 2 is newer than this code, which reads 1";

const BEFORE = (text: string): string => text.replace('"v":1,', "");

describe("a delivery in an outbox", () => {
  const BYTES =
    '{"v":1,"delivery_id":"msg_lead_1_a","seq":1,"endpoint_id":"a","state":"pending","attempts":0,"created_at":5,' +
    '"updated_at":5,"next_at":5,"delivered_at":null,"status":null,"reason":null,"response":null}';
  const delivery = newDelivery("lead", 1, "a", 5);

  it("has these bytes, and is read as it was before it had a version", async () => {
    await inStorage((storage) => {
      const store = new OutboxStore(storage.sql);
      store.create();
      store.addMessage("lead.created", 5, "{}");
      store.save(delivery);
      expect(textIn(storage, "deliveries", "body")).toBe(BYTES);
      storage.sql.exec("UPDATE deliveries SET body = ?", BEFORE(BYTES));
      expect(store.delivery(delivery.delivery_id)).toEqual(delivery);
      storage.sql.exec("UPDATE deliveries SET body = ?", BYTES.replace('"v":1', '"v":2'));
      expect(() => store.heads()).toThrow(NEWER);
      storage.sql.exec("UPDATE deliveries SET body = ?", BYTES.replace('"pending"', '"lost"'));
      expect(() => store.heads()).toThrow("state has an unknown shape");
    });
  });
});

describe("an endpoint's breaker", () => {
  const BYTES = '{"v":1,"state":"closed","failures":0,"until":0,"since":null,"reason":null}';
  const NAME = '{"v":1,"site":"shop","endpoint_id":"a"}';

  it("has these bytes, and is read as it was before it had a version", async () => {
    await inStorage((storage) => {
      const store = new EndpointStore(storage.sql);
      store.write({ site: "shop", endpoint_id: "a" }, newBreaker());
      expect([textIn(storage, "endpoint", "name"), textIn(storage, "endpoint", "breaker")]).toEqual([NAME, BYTES]);
      storage.sql.exec("UPDATE endpoint SET name = ?, breaker = ?", BEFORE(NAME), BEFORE(BYTES));
      const known = { name: { site: "shop", endpoint_id: "a" }, breaker: newBreaker(), unprojected: true };
      expect(store.read()).toMatchObject(known);
      storage.sql.exec("UPDATE endpoint SET breaker = ?", BYTES.replace('"v":1', '"v":2'));
      expect(() => store.read()).toThrow(NEWER);
    });
  });

  it("is known as projected by its bytes", async () => {
    await inStorage((storage) => {
      const store = new EndpointStore(storage.sql);
      store.write({ site: "shop", endpoint_id: "a" }, newBreaker());
      const read = store.read();
      if (!read) throw new Error("nothing was written");
      store.markProjected(read.breaker);
      expect(store.read()?.unprojected).toBe(false);
    });
  });
});

describe("what a site's alerts remember", () => {
  const BYTES = '{"v":1,"site":"shop","subject":"s","memory":{"no_leads":{"active":true,"fired_at":7}}}';
  const state = { v: 1, site: "shop", subject: "s", memory: { no_leads: { active: true, fired_at: 7 } } } as const;

  it("has these bytes, and is read as it was before it had a version", async () => {
    await inStorage((storage) => {
      const store = new AlertStore(storage.sql);
      store.create();
      store.write(state);
      expect(textIn(storage, "alerts", "body")).toBe(BYTES);
      storage.sql.exec("UPDATE alerts SET body = ?", BEFORE(BYTES));
      expect(store.read()).toEqual(state);
      storage.sql.exec("UPDATE alerts SET body = ?", BYTES.replace('"v":1', '"v":2'));
      expect(() => store.read()).toThrow(NEWER);
    });
  });
});

describe("a roster's rows", () => {
  const presence = {
    session_id: "s",
    site: "shop",
    page: "/",
    referrer: null,
    country: "DE",
    started_at: 1,
    seen_at: 2,
    events: 3,
    page_views: 1,
    engaged_ms: 4,
    label: null,
    scores: { engagement: 1, bot: 2, vpn: 3, risk: 4 },
  };
  const SEAT =
    '{"v":1,"presence":{"session_id":"s","site":"shop","page":"/","referrer":null,"country":"DE","started_at":1,"seen_at":2,' +
    '"events":3,"page_views":1,"engaged_ms":4,"label":null,"scores":{"engagement":1,"bot":2,"vpn":3,"risk":4}},"seq":9,' +
    '"ended":false,"active_at":2,"who":null}';
  const TOTALS = '{"v":1,"reports":3,"refused":{"late":1},"limits":{}}';

  it("have these bytes, and are read as they were before they had a version", async () => {
    await inStorage((storage) => {
      const seats = new RosterRows(storage);
      const seat = { v: 1, presence, seq: 9, ended: false, active_at: 2, who: null } as const;
      const totals = { v: 1, reports: 3, refused: { late: 1 }, limits: {} } as const;
      seats.write(0, seat);
      seats.writeTotals(totals);
      expect([textIn(storage, "seats", "body"), textIn(storage, "totals", "body")]).toEqual([SEAT, TOTALS]);
      storage.sql.exec("UPDATE seats SET body = ?", BEFORE(SEAT));
      storage.sql.exec("UPDATE totals SET body = ?", BEFORE(TOTALS));
      expect(seats.all()).toEqual([{ slot: 0, seat }]);
      expect(seats.totals()).toEqual(totals);
      storage.sql.exec("UPDATE totals SET body = ?", TOTALS.replace('"v":1', '"v":2'));
      expect(() => seats.totals()).toThrow(NEWER);
    });
  });
});

describe("what a shard of identities remembers of itself", () => {
  it("has these bytes, and is read as it was before it had a version", async () => {
    await inStorage((storage) => {
      const rows = new IdentityRows(storage);
      const state = { v: 1, through: 7, failed_at: null } as const;
      rows.writeState(state);
      expect(storage.kv.get("state")).toBe('{"v":1,"through":7,"failed_at":null}');
      storage.kv.put("state", '{"through":7,"failed_at":null}');
      expect(rows.state()).toEqual(state);
      storage.kv.put("state", '{"v":2,"through":7,"failed_at":null}');
      expect(() => rows.state()).toThrow(NEWER);
    });
  });
});

describe("the report of a retention run", () => {
  const REPORT =
    '{"rows_deleted":{},"objects_done":true,"rows_done":false,"leads_done":false,"count":{"after":"k","day":null,"objects":1,"bytes":2}}';
  const insert = (report: string): Promise<unknown> =>
    env.DB.prepare("INSERT OR REPLACE INTO retention_runs (started_at, cutoff, report) VALUES (1, 2, ?)")
      .bind(report)
      .run();

  it("is read as it was before it had a version, and its inner state is not published", async () => {
    await insert(REPORT);
    expect(await findOpenRun(env.DB)).toMatchObject({ report: { v: 1, objects_done: true, count: { after: "k" } } });
    const [run] = await listRuns(env.DB, 1);
    expect(run).toEqual({ started_at: 1, finished_at: null, cutoff: 2, steps: 0, rows_deleted: {} });
    await insert(REPORT.replace("{", '{"v":2,'));
    await expect(findOpenRun(env.DB)).rejects.toThrow(NEWER);
    await env.DB.prepare("DELETE FROM retention_runs WHERE started_at = 1").run();
  });
});

describe("an object of the archive", () => {
  const PREFIX = "sessions/2026/11/18/s/";
  const IDENTITY = `{"v":1,"session_id":"s","at":5,"visitor_id":"v","fingerprint_id":null,"device_id":null,"ip":null,"asn":null,"traits":{}}`;
  const FLUSH = `{"v":1,"session_id":"s","lo":1,"hi":1,"entries":[{"kind":"start","seq":1,"at":5}]}`;
  const META = `{"v":1,"session_id":"s","site":"shop","started_at":5,"device":{},"network":null,"consent":"granted"}`;
  const put = (name: string, text: string): Promise<unknown> => env.TRACKING_R2.put(`${PREFIX}${name}`, text);
  const flushes = async (): Promise<unknown[]> => {
    const found: unknown[] = [];
    for await (const flush of readFlushes(env.TRACKING_R2, PREFIX)) found.push(flush);
    return found;
  };

  it("is read as version 1 wrote it", async () => {
    await Promise.all([put("identity/1-1.json", IDENTITY), put("events/1-1.json", FLUSH), put("meta.json", META)]);
    expect(await readIdentities(env.TRACKING_R2, PREFIX)).toEqual([JSON.parse(IDENTITY)]);
    expect(await readMeta(env.TRACKING_R2, PREFIX)).toMatchObject({ site: "shop", started_at: 5 });
    expect(await flushes()).toEqual([JSON.parse(FLUSH)]);
  });

  it("of a newer version, or with an entry that nobody knows, is refused", async () => {
    await put("identity/1-1.json", IDENTITY.replace('"v":1', '"v":2'));
    await expect(readIdentities(env.TRACKING_R2, PREFIX)).rejects.toThrow(NEWER);
    await put("meta.json", META.replace('"site":"shop"', '"site":7'));
    await expect(readMeta(env.TRACKING_R2, PREFIX)).rejects.toThrow("site has an unknown shape");
    await put("events/1-1.json", FLUSH.replace('"start"', '"dance"'));
    await expect(flushes()).rejects.toThrow("unknown kind");
  });
});
