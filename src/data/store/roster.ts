import type { RosterReport } from "../../core/roster/entry";
import { formReader, isFields, isFlag, isNumber, isText, orNull, readText, unchanged } from "../../core/stored";

/** What a shard keeps of a report: who is there, and the seq by which a later report is known. */
export type Seat = Pick<RosterReport, "v" | "presence" | "seq" | "ended" | "active_at" | "who" | "is_claim">;

/** Totals since the shard was first used. */
export interface Totals {
  v: 1;
  reports: number;
  refused: Record<string, number>;
  limits: Record<string, number>;
}

/** Before version 1 both had the same fields and no version. */
const readSeat = formReader<Seat>({
  name: "roster seat",
  version: 1,
  shape: { presence: isFields, seq: isNumber, ended: isFlag, active_at: isNumber, who: orNull(isText) },
  migrations: { 0: unchanged },
});

const readTotals = formReader<Totals>({
  name: "roster totals",
  version: 1,
  shape: { reports: isNumber, refused: isFields, limits: isFields },
  migrations: { 0: unchanged },
});

const SCHEMA = [
  "CREATE TABLE IF NOT EXISTS seats (slot INTEGER PRIMARY KEY, body TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS totals (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL)",
];

/**
 * A roster shard's SQLite: one row for each session. The next session overwrites a seat that has become free, so each report is one
 * billed row, and nothing has to be deleted.
 */
export class RosterRows {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    for (const statement of SCHEMA) this.#rows(statement);
  }

  all(): { slot: number; seat: Seat }[] {
    const rows = this.#rows<{ slot: number; body: string }>("SELECT slot, body FROM seats");
    return rows.map(({ slot, body }) => ({ slot, seat: readText(readSeat, body) }));
  }

  write(slot: number, seat: Seat): void {
    this.#rows("INSERT OR REPLACE INTO seats (slot, body) VALUES (?, ?)", slot, JSON.stringify(seat));
  }

  erase(slot: number): void {
    this.#rows("DELETE FROM seats WHERE slot = ?", slot);
  }

  totals(): Totals | null {
    const [row] = this.#rows<{ body: string }>("SELECT body FROM totals");
    return row ? readText(readTotals, row.body) : null;
  }

  writeTotals(totals: Totals): void {
    this.#rows("INSERT OR REPLACE INTO totals (id, body) VALUES (1, ?)", JSON.stringify(totals));
  }

  /** Deletes everything that was ever in a seat, with the file. The totals stay. */
  async clear(totals: Totals): Promise<void> {
    await this.#storage.deleteAll();
    for (const statement of SCHEMA) this.#rows(statement);
    this.writeTotals(totals);
  }

  #rows<T extends Record<string, SqlStorageValue>>(query: string, ...values: SqlStorageValue[]): T[] {
    return this.#storage.sql.exec<T>(query, ...values).toArray();
  }
}
