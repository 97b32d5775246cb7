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

/** The head as its row has it: `hi` is the version of the table. */
type HeadRow = { hi: number; body: string; progress: string; snapshot: string | null };

/**
 * One table, because the creation of each is billed as two rows. The head is the row below every seq, and the only one with
 * `progress` and `snapshot`.
 */
const SCHEMA = `CREATE TABLE IF NOT EXISTS journal (lo INTEGER PRIMARY KEY, hi INTEGER NOT NULL, events INTEGER NOT NULL,
  wake INTEGER NOT NULL, body TEXT NOT NULL, progress TEXT, snapshot TEXT)`;

/** `lo` of the head's row. Seqs begin with the seconds since 1970, so no other row has it. */
const HEAD = 0;

/** Version of the table above. */
const SCHEMA_VERSION = 3;

/** Statements by the version that they start from: only the version directly before. It had the head in a table of its own. */
const MIGRATIONS: Readonly<Record<number, readonly string[]>> = {
  2: [
    "ALTER TABLE journal ADD COLUMN progress TEXT",
    "ALTER TABLE journal ADD COLUMN snapshot TEXT",
    `INSERT INTO journal (lo, hi, events, wake, body, progress, snapshot)
       SELECT ${HEAD}, 3, 0, 0, head, progress, snapshot FROM head`,
    "DROP TABLE head",
  ],
};

/**
 * The session actor's own SQLite: the head's row and the journal's, in one table. Every call is synchronous, so the calls of one turn are one
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
    return this.#hasTable("journal");
  }

  read(): StoredHead | null {
    // All columns: which ones there are is not known before the version is.
    const [row] = this.#rows<HeadRow>("SELECT * FROM journal WHERE lo = ?", HEAD);
    if (row?.hi === SCHEMA_VERSION) {
      return {
        head: readText(readHead, row.body),
        progress: readText(readProgress, row.progress),
        snapshot: row.snapshot,
      };
    }
    const version = row ? row.hi : this.#oldVersion();
    if (version === null) return null;
    this.#migrate(version);
    return this.read();
  }

  /** The version of a journal whose head has a table of its own; null: it has none. */
  #oldVersion(): number | null {
    if (!this.#hasTable("head")) return null;
    const [row] = this.#rows<{ v: number }>("SELECT v FROM head");
    return row?.v ?? null;
  }

  #hasTable(name: string): boolean {
    return this.#rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", name).length > 0;
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
    this.#rows(SCHEMA);
    const values = [HEAD, SCHEMA_VERSION, JSON.stringify(head), JSON.stringify(progress)];
    this.#rows("INSERT INTO journal (lo, hi, events, wake, body, progress) VALUES (?, ?, 0, 0, ?, ?)", ...values);
    this.#tail = null;
  }

  writeHead(head: Head): void {
    this.#rows("UPDATE journal SET body = ? WHERE lo = ?", JSON.stringify(head), HEAD);
  }

  writeProgress(progress: Progress): void {
    this.#rows("UPDATE journal SET progress = ? WHERE lo = ?", JSON.stringify(progress), HEAD);
  }

  /** A new D1 plan and the state as of its end, together. */
  writePlan(progress: Progress, snapshot: string): void {
    const values = [JSON.stringify(progress), snapshot, HEAD];
    this.#rows("UPDATE journal SET progress = ?, snapshot = ? WHERE lo = ?", ...values);
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
      "SELECT count(*) AS rows, coalesce(sum(length(body)), 0) AS units FROM journal WHERE lo > ?",
      HEAD,
    );
    return row ?? { rows: 0, units: 0 };
  }

  /** All rows but the head's, oldest first. */
  all(): JournalRow[] {
    return this.range(HEAD + 1, Number.MAX_SAFE_INTEGER);
  }

  /** Rows from `lo` to `hi`, oldest first. */
  range(lo: number, hi: number): JournalRow[] {
    return this.#rows("SELECT lo, hi, events, wake, body FROM journal WHERE lo >= ? AND lo <= ? ORDER BY lo", lo, hi);
  }

  removeThrough(seq: number): void {
    this.#rows("DELETE FROM journal WHERE lo > ? AND lo <= ?", HEAD, seq);
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
