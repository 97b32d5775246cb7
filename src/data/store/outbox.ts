import { type Delivery, readDelivery } from "../../core/leads/delivery";
import { readText } from "../../core/stored";

/** A message in an outbox. `body` is what is sent, byte for byte, at every attempt. */
export type StoredMessage = {
  seq: number;
  type: string;
  at: number;
  body: string;
};

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS messages (seq INTEGER PRIMARY KEY, type TEXT NOT NULL, at INTEGER NOT NULL,
     body TEXT NOT NULL, spread INTEGER NOT NULL DEFAULT 0)`,
  `CREATE TABLE IF NOT EXISTS deliveries (delivery_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, endpoint_id TEXT NOT NULL,
     state TEXT NOT NULL, next_at INTEGER, unprojected INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID`,
  // Each index holds only what is still to be done. Most rows are done, and are looked up by their name alone.
  "CREATE INDEX IF NOT EXISTS deliveries_pending ON deliveries (endpoint_id, seq) WHERE state = 'pending'",
  "CREATE INDEX IF NOT EXISTS deliveries_unprojected ON deliveries (seq, endpoint_id) WHERE unprojected = 1",
  "CREATE INDEX IF NOT EXISTS messages_unspread ON messages (seq) WHERE spread = 0",
];

/** Deliveries that D1 is told of in one batch. */
const PROJECTED_AT_ONCE = 100;

/**
 * An actor's outbox in its own SQLite: messages, and their deliveries to each endpoint. Every call is synchronous, so that
 * the calls of one turn are one atomic commit.
 */
export class OutboxStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Makes the tables, and brings an older outbox up to date. */
  create(): void {
    for (const statement of SCHEMA) this.#sql.exec(statement);
  }

  addMessage(type: string, at: number, body: string): void {
    this.#sql.exec("INSERT INTO messages (type, at, body) VALUES (?, ?, ?)", type, at, body);
  }

  /**
   * Empties the messages of a lead's submit, drops their deliveries, and returns their seqs, also if it is called again. The seqs
   * stay taken, because by them a receiver tells one message from another.
   */
  eraseSubmission(submission_id: string): number[] {
    const erased = `erased ${submission_id}`;
    const found = this.#sql.exec<{ seq: number }>(
      `UPDATE messages SET type = ?1, body = '', spread = 1
       WHERE CASE body WHEN '' THEN type = ?1 ELSE body ->> '$.data.lead.submission_id' = ?2 END RETURNING seq`,
      erased,
      submission_id,
    );
    const seqs = found.toArray().map(({ seq }) => seq);
    for (const seq of seqs) this.#sql.exec("DELETE FROM deliveries WHERE seq = ?", seq);
    return seqs;
  }

  message(seq: number): StoredMessage | null {
    const rows = this.#sql.exec<StoredMessage>(
      "SELECT seq, type, at, body FROM messages WHERE seq = ? AND body <> ''",
      seq,
    );
    return rows.toArray()[0] ?? null;
  }

  /** Messages that have no deliveries yet, oldest first. */
  unspread(): StoredMessage[] {
    return this.#sql
      .exec<StoredMessage>("SELECT seq, type, at, body FROM messages WHERE spread = 0 ORDER BY seq")
      .toArray();
  }

  hasUnspread(): boolean {
    return this.#sql.exec("SELECT 1 FROM messages WHERE spread = 0 LIMIT 1").toArray().length > 0;
  }

  markSpread(seq: number): void {
    this.#sql.exec("UPDATE messages SET spread = 1 WHERE seq = ?", seq);
  }

  /** Writes a delivery as it is now, to be told to D1. A delivery whose message was erased meanwhile is not written. */
  save(delivery: Delivery): void {
    const { delivery_id, seq, endpoint_id, state, next_at } = delivery;
    const values = [delivery_id, seq, endpoint_id, state, next_at, JSON.stringify(delivery)];
    this.#sql.exec(
      `INSERT INTO deliveries (delivery_id, seq, endpoint_id, state, next_at, unprojected, body)
       SELECT ?1, ?2, ?3, ?4, ?5, 1, ?6 WHERE NOT EXISTS (SELECT 1 FROM messages WHERE seq = ?2 AND body = '')
       ON CONFLICT (delivery_id) DO UPDATE SET state = excluded.state, next_at = excluded.next_at, unprojected = 1,
         body = excluded.body`,
      ...values,
    );
  }

  delivery(id: string): Delivery | null {
    return this.#deliveries("WHERE delivery_id = ?", id)[0] ?? null;
  }

  /** For each endpoint the oldest delivery that is not settled: the only one that may be tried. */
  heads(): Delivery[] {
    return this.#deliveries(
      `WHERE state = 'pending' AND (endpoint_id, seq) IN (
         SELECT endpoint_id, min(seq) FROM deliveries WHERE state = 'pending' GROUP BY endpoint_id)`,
    );
  }

  /** The deliveries that D1 is told of next, oldest first. */
  unprojected(): Delivery[] {
    return this.#deliveries("WHERE unprojected = 1 ORDER BY seq, endpoint_id LIMIT ?", PROJECTED_AT_ONCE);
  }

  hasUnprojected(): boolean {
    return this.#sql.exec("SELECT 1 FROM deliveries WHERE unprojected = 1 LIMIT 1").toArray().length > 0;
  }

  /** Notes that D1 has this delivery as it was when it was read. If it has changed since, it stays to be told. */
  markProjected({ delivery_id, updated_at, attempts, state }: Delivery): void {
    this.#sql.exec(
      `UPDATE deliveries SET unprojected = 0 WHERE delivery_id = ? AND state = ?
         AND body ->> 'updated_at' = ? AND body ->> 'attempts' = ?`,
      delivery_id,
      state,
      updated_at,
      attempts,
    );
  }

  #deliveries(where: string, ...values: SqlStorageValue[]): Delivery[] {
    const rows = this.#sql.exec<{ body: string }>(`SELECT body FROM deliveries ${where}`, ...values).toArray();
    return rows.map(({ body }) => readText(readDelivery, body));
  }
}
