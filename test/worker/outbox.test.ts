import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { newDelivery } from "../../src/core/leads/delivery";
import { OutboxStore } from "../../src/data/store/outbox";
import { leadStub } from "../support/leads";

/** An outbox with `count` messages, each to two endpoints. */
const inOutbox = (count: number, look: (store: OutboxStore, sql: SqlStorage) => void): Promise<void> =>
  runInDurableObject(leadStub(crypto.randomUUID()), (_, { storage }) => {
    const store = new OutboxStore(storage.sql);
    store.create();
    for (let seq = 1; seq <= count; seq++) {
      store.addMessage("lead.created", seq, "{}");
      for (const id of ["a", "b"]) store.save(newDelivery("lead", seq, id, seq));
    }
    look(store, storage.sql);
  });

const headsOf = (store: OutboxStore) => store.heads().map(({ endpoint_id, seq }) => [endpoint_id, seq]);

it("has each endpoint's oldest pending delivery at its head", async () => {
  await inOutbox(3, (store) => {
    const [a] = store.heads();
    if (!a) throw new Error("nothing is pending");
    store.save({ ...a, state: "delivered" });
    expect(headsOf(store).sort()).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
  });
});

it("reads rows of an outbox of thousands in proportion to them, and projects a hundred at a time", async () => {
  await inOutbox(3_000, (store, sql) => {
    const read: number[] = [];
    const counting = new OutboxStore({
      exec: (query: string, ...values: SqlStorageValue[]) => {
        const cursor = sql.exec(query, ...values);
        const rows = cursor.toArray();
        read.push(cursor.rowsRead);
        return { toArray: () => rows };
      },
    } as unknown as SqlStorage);
    expect(headsOf(counting)).toHaveLength(2);
    expect(counting.hasUnprojected()).toBe(true);
    expect(counting.unprojected()).toHaveLength(100);
    expect(counting.hasUnspread()).toBe(true);
    const [heads, ...rest] = read;
    expect(heads).toBeLessThan(4 * 6_000);
    expect(Math.max(...rest)).toBeLessThanOrEqual(201);
    for (const delivery of store.unprojected()) store.markProjected(delivery);
    expect(store.unprojected()[0]?.seq).toBe(51);
  });
});

it("of before gets its indexes", async () => {
  await inOutbox(1, (store, sql) => {
    const names = () => sql.exec("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE INDEX%'").toArray().length;
    for (const name of ["deliveries_pending", "deliveries_unprojected", "messages_unspread"])
      sql.exec(`DROP INDEX ${name}`);
    expect(names()).toBe(0);
    store.create();
    expect(names()).toBe(3);
    expect(headsOf(store)).toHaveLength(2);
  });
});

it("empties what an erased submit had to say: its number stays taken, and an attempt that comes back writes nothing", async () => {
  await inOutbox(1, (store, sql) => {
    store.addMessage("lead.merged", 2, JSON.stringify({ data: { lead: { submission_id: "guest" } } }));
    const [first] = ["a", "b"].map((id) => newDelivery("lead", 2, id, 2));
    if (!first) throw new Error("no delivery");
    store.save(first);
    expect(store.eraseSubmission("guest")).toEqual([2]);
    // The attempt was under way, and an erasure may be asked for again.
    store.save({ ...first, state: "delivered" });
    expect(store.eraseSubmission("guest")).toEqual([2]);
    expect([store.delivery(first.delivery_id), store.message(2)]).toEqual([null, null]);
    expect(sql.exec("SELECT * FROM messages WHERE body LIKE '%guest%'").toArray()).toEqual([]);
    store.addMessage("lead.merged", 3, "{}");
    expect(store.message(3)?.type).toBe("lead.merged");
    expect(store.message(1)?.type).toBe("lead.created");
  });
});
