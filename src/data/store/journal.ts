import { type Head, readHead } from "../../core/session/head";
import { type Progress, readProgress } from "../../core/session/progress";
import { FormError, readText } from "../../core/stored";

/**
 * Small batches are appended to the newest row up to this size: one billed row, instead of an insert and later a delete. At one
 * frame a second, a flush interval fits one row. Larger rows would cost more to rewrite than they save.
 */
const JOURNAL_ROW_UNITS = 16 * 1024;

/** A run of entries: JSON objects joined by commas, so that rows concatenate into an array without being parsed. */
export type JournalRow = {
  lo: number;
  hi: number;
  /** Events among the entries: what a plan counts. */
  events: number;
  /** Which wake of the actor wrote the row last. */
  wake: number;
  body: string;
};

export interface StoredHead {
  head: Head;
  progress: Progress;
  /** The state as of D1's newest plan; null before the first. */
  snapshot: string | null;
}

type HeadRow = { v: number; head: string; progress: string; snapshot: string | null };

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS head (id INTEGER PRIMARY KEY CHECK (id = 1), v INTEGER NOT NULL,
     head TEXT NOT NULL, progress TEXT NOT NULL, snapshot TEXT)`,
  `CREATE TABLE IF NOT EXISTS journal (lo INTEGER PRIMARY KEY, hi INTEGER NOT NULL, events INTEGER NOT NULL,
     wake INTEGER NOT NULL, body TEXT NOT NULL)`,
];

/** Version of the two tables above, in column `v`. */
const SCHEMA_VERSION = 2;

/** Statements by the version that they start from. Only the version directly before can be migrated. */
const MIGRATIONS: Readonly<Record<number, readonly string[]>> = {
  1: ["ALTER TABLE head RENAME COLUMN identity TO head", "UPDATE head SET v = 2"],
};

/**
 * The session actor's own SQLite: one head row and the journal. Every call is synchronous, so the calls of one turn are one
 * atomic commit. Rows written are counted, because they are billed.
 */
export class Journal {
  readonly #storage: DurableObjectStorage;
  /** The newest row, while small batches may still be appended to it. */
  #tail: { lo: number; units: number } | null = null;
  /** Rows written by this instance, as billed. */
  rowsWritten = 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Asks the catalogue first: a look-up of an unknown id must create nothing. */
  exists(): boolean {
    return this.#rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'head'").length > 0;
  }

  read(): StoredHead | null {
    // All columns: which ones there are is not known before `v` is.
    const [row] = this.#rows<HeadRow>("SELECT * FROM head WHERE id = 1");
    if (!row) return null;
    if (row.v !== SCHEMA_VERSION) {
      this.#migrate(row.v);
      return this.read();
    }
    return {
      head: readText(readHead, row.head),
      progress: readText(readProgress, row.progress),
      snapshot: row.snapshot,
    };
  }

  #migrate(from: number): void {
    const statements = MIGRATIONS[from];
    if (!statements)
      throw new FormError(`session journal: version ${from} cannot be read, this code has ${SCHEMA_VERSION}`);
    this.transaction(() => {
      for (const statement of statements) this.#rows(statement);
    });
  }

  create(head: Head, progress: Progress): void {
    for (const statement of SCHEMA) this.#rows(statement);
    const values = [SCHEMA_VERSION, JSON.stringify(head), JSON.stringify(progress)];
    this.#rows("INSERT INTO head (id, v, head, progress) VALUES (1, ?, ?, ?)", ...values);
    this.#tail = null;
  }

  writeHead(head: Head): void {
    this.#rows("UPDATE head SET head = ? WHERE id = 1", JSON.stringify(head));
  }

  writeProgress(progress: Progress): void {
    this.#rows("UPDATE head SET progress = ? WHERE id = 1", JSON.stringify(progress));
  }

  /** A new D1 plan and the state as of its end, together. */
  writePlan(progress: Progress, snapshot: string): void {
    this.#rows("UPDATE head SET progress = ?, snapshot = ? WHERE id = 1", JSON.stringify(progress), snapshot);
  }

  /** Adds entries. Small ones extend the newest row: one billed row, and nothing to delete later. */
  append({ lo, hi, events, wake, body }: JournalRow): void {
    const tail = this.#tail;
    if (tail && tail.units + body.length <= JOURNAL_ROW_UNITS) {
      const update = "UPDATE journal SET hi = ?, events = events + ?, wake = ?, body = body || ',' || ? WHERE lo = ?";
      this.#rows(update, hi, events, wake, body, tail.lo);
      tail.units += body.length + 1;
      return;
    }
    const insert = "INSERT INTO journal (lo, hi, events, wake, body) VALUES (?, ?, ?, ?, ?)";
    this.#rows(insert, lo, hi, events, wake, body);
    this.#tail = { lo, units: body.length };
  }

  /** After a wake: appends to the newest row again, unless a plan has frozen it. `frozen`: the last seq that a plan has. */
  reopenTail(newest: JournalRow | undefined, frozen: number): void {
    this.#tail = newest && newest.lo > frozen ? { lo: newest.lo, units: newest.body.length } : null;
  }

  /** A plan has frozen the newest row: nothing is appended to it any more. */
  closeTail(): void {
    this.#tail = null;
  }

  /** Size of the rows after `seq`, oldest first, without their bodies. */
  sizesAfter(seq: number): { lo: number; hi: number; events: number; units: number }[] {
    return this.#rows("SELECT lo, hi, events, length(body) AS units FROM journal WHERE lo > ? ORDER BY lo", seq);
  }

  /** What the journal holds. Units are UTF-16 units of text. */
  size(): { rows: number; units: number } {
    const [row] = this.#rows<{ rows: number; units: number }>(
      "SELECT count(*) AS rows, coalesce(sum(length(body)), 0) AS units FROM journal",
    );
    return row ?? { rows: 0, units: 0 };
  }

  /** Rows from `lo` to `hi`, oldest first. */
  range(lo: number, hi: number): JournalRow[] {
    return this.#rows("SELECT lo, hi, events, wake, body FROM journal WHERE lo >= ? AND lo <= ? ORDER BY lo", lo, hi);
  }

  removeThrough(seq: number): void {
    this.#rows("DELETE FROM journal WHERE lo <= ?", seq);
  }

  /** One atomic step: nothing of it is kept if any call in it throws. */
  transaction(step: () => void): void {
    this.#storage.transactionSync(step);
  }

  setAlarm(at: number): void {
    this.rowsWritten += 1;
    // Not awaited: if the write fails, the output gate breaks, so no reply leaves, and the object is reset.
    void this.#storage.setAlarm(at);
  }

  #rows<T extends Record<string, SqlStorageValue>>(query: string, ...values: SqlStorageValue[]): T[] {
    const cursor = this.#storage.sql.exec<T>(query, ...values);
    const rows = cursor.toArray();
    this.rowsWritten += cursor.rowsWritten;
    return rows;
  }
}
