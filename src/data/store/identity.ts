import type { IdentityRecord } from "../../core/identity/record";
import { readRecordText, recordText, seenText } from "../../core/identity/stored-record";
import { formReader, isNumber, orNull, readText, unchanged } from "../../core/stored";
import { IDENTITY_KEPT_MS, IDENTITY_RETENTION_MS } from "../../limits";

/**
 * Up to so many sightings are stored in their record (8 KB), so that a sighting is one row. The sightings of a crowd are a row of
 * their own.
 */
export const IDENTITY_INLINE_SIGHTINGS = 64;
/** Sightings that a shard keeps parsed in memory, some 5 MB, so that a crowd is not parsed each time. */
const IDENTITY_CACHE_SIGHTINGS = 16 * 1024;
/** A shard of this size takes no new identity: it holds a million, and is a tenth of what an object may be. */
const IDENTITY_SHARD_MAX_BYTES = 1024 * 1024 * 1024;

/** A record as it was last read or written. */
export interface Kept {
  record: IdentityRecord;
  /** Its place in the order of all writes of its shard. It is also the time of the write, epoch ms, or little more. */
  rev: number;
}

/** What a shard remembers of itself. */
export interface ShardState {
  v: 1;
  /** Whatever was written up to this rev is known to be in D1. */
  through: number;
  /** When a write was last given up, epoch ms; null if none was. */
  failed_at: number | null;
}

/** A shard's only table; made with its first identity. */
export const IDENTITY_TABLE = `CREATE TABLE IF NOT EXISTS identities (key TEXT PRIMARY KEY, rev INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID`;

/** Names of stored values that are not an identity's row. */
const STATE = "state";
const crowdOf = (key: string): string => `crowd ${key}`;

/** Before version 1 it had the same fields and no version. */
const readShardState = formReader<ShardState>({
  name: "identity shard's state",
  version: 1,
  shape: { through: isNumber, failed_at: orNull(isNumber) },
  migrations: { 0: unchanged },
});

const NOTHING_WRITTEN: ShardState = { v: 1, through: 0, failed_at: null };

/**
 * How long a record is kept after its last sighting, ms. Only these records say where a fingerprint has been for as long as the
 * archive is kept. An address's counts cover 24 h.
 */
const keptFor = ({ kind }: IdentityRecord): number =>
  kind === "fingerprint" ? IDENTITY_RETENTION_MS : IDENTITY_KEPT_MS;

/**
 * A shard's own SQLite: one row for each identity, so that a sighting is one billed row. There is no index: looking through the
 * table a few times a day for what is due or too old costs less than an index entry for each sighting. The sightings of a crowd are
 * a value of their own, 60 KB, which is written when they change; past the cap they do not. Every call is synchronous, so the calls
 * of one turn are one commit.
 */
export class IdentityRows {
  readonly #storage: DurableObjectStorage;
  /** Records as last read or written, each with its weight then. The one used last is at the end. */
  readonly #known = new Map<string, Kept & { weight: number }>();
  #weight = 0;
  /** The lists of sightings that are stored apart, as last read or written. */
  readonly #apart = new WeakMap<IdentityRecord, IdentityRecord["seen"]>();
  #rev = 0;
  #exists: boolean;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#exists = this.#rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'identities'").length > 0;
  }

  /** False for a shard that was told of nobody. Looking creates nothing. */
  get exists(): boolean {
    return this.#exists;
  }

  /** The newest write of this instance. */
  get rev(): number {
    return this.#rev;
  }

  /** Whether there is no room for an identity that is not known yet. */
  get isFull(): boolean {
    return this.#storage.sql.databaseSize >= IDENTITY_SHARD_MAX_BYTES;
  }

  read(key: string): Kept | null {
    const known = this.#known.get(key);
    if (known) {
      this.#keep(key, known);
      return known;
    }
    if (!this.#exists) return null;
    const [row] = this.#rows<{ rev: number; body: string }>("SELECT rev, body FROM identities WHERE key = ?", key);
    if (!row) return null;
    const kept = { record: this.#parse(key, row.body), rev: row.rev };
    this.#keep(key, kept);
    return kept;
  }

  write(key: string, record: IdentityRecord, now: number): void {
    this.#create();
    // Drop it first: if the write fails, memory must not hold what is not on disk.
    this.#drop(key);
    this.#rev = Math.max(now, this.#rev + 1);
    const { seen } = record;
    const isCrowd = seen.length > IDENTITY_INLINE_SIGHTINGS;
    const apart = this.#apart.get(record);
    const { kv } = this.#storage;
    if (isCrowd && apart !== seen) kv.put(crowdOf(key), seenText(seen));
    // A list that is not stored apart any more must go: a withdrawal may have taken sightings out of the record.
    if (!isCrowd && apart) kv.delete(crowdOf(key));
    const values = [key, this.#rev, record.last_seen_at + keptFor(record), recordText(record, isCrowd)];
    this.#rows("INSERT OR REPLACE INTO identities (key, rev, expires_at, body) VALUES (?, ?, ?, ?)", ...values);
    if (isCrowd) this.#apart.set(record, seen);
    else this.#apart.delete(record);
    this.#keep(key, { record, rev: this.#rev });
  }

  remove(keys: readonly string[]): void {
    if (!this.#exists || keys.length === 0) return;
    for (const key of keys) {
      this.#drop(key);
      this.#storage.kv.delete(crowdOf(key));
    }
    this.#rows("DELETE FROM identities WHERE key IN (SELECT value FROM json_each(?))", JSON.stringify(keys));
  }

  /** Identities whose keys begin with `stem`, at most `limit`. */
  under(stem: string, limit: number): { key: string; record: IdentityRecord }[] {
    if (!this.#exists) return [];
    const end = stem.slice(0, -1) + String.fromCharCode(stem.charCodeAt(stem.length - 1) + 1);
    const sql = "SELECT key FROM identities WHERE key >= ? AND key < ? LIMIT ?";
    return this.#rows<{ key: string }>(sql, stem, end, limit).flatMap(({ key }) => {
      const kept = this.read(key);
      return kept ? [{ key, record: kept.record }] : [];
    });
  }

  /** Identities written after a rev, in the order of their writing. Reads the whole table. */
  writtenAfter(rev: number, limit: number): { key: string; rev: number }[] {
    return this.#rows("SELECT key, rev FROM identities WHERE rev > ? ORDER BY rev LIMIT ?", rev, limit);
  }

  /** Identities that are too old, the oldest first. Reads the whole table. */
  expired(now: number, limit: number): { key: string; rev: number; record: IdentityRecord }[] {
    const sql = "SELECT key, rev, body FROM identities WHERE expires_at <= ? ORDER BY expires_at LIMIT ?";
    const rows = this.#rows<{ key: string; rev: number; body: string }>(sql, now, limit);
    // Do not keep them in memory, because they are about to be deleted.
    return rows.map(({ key, rev, body }) => ({ key, rev, record: this.#parse(key, body) }));
  }

  /** The keys of those that nobody has written since. */
  untouched(listed: readonly { key: string; rev: number }[]): string[] {
    const sql = `SELECT i.key FROM json_each(?) AS l CROSS JOIN identities AS i
      ON i.key = l.value ->> 'key' AND i.rev = l.value ->> 'rev'`;
    const list = JSON.stringify(listed.map(({ key, rev }) => ({ key, rev })));
    return this.#rows<{ key: string }>(sql, list).map(({ key }) => key);
  }

  /** When the first identity is too old, epoch ms; null if there is none. Reads the whole table. */
  firstExpiry(): number | null {
    const [row] = this.#rows<{ at: number | null }>("SELECT min(expires_at) AS at FROM identities");
    return row?.at ?? null;
  }

  state(): ShardState {
    const text = this.#storage.kv.get<string>(STATE);
    return text === undefined ? NOTHING_WRITTEN : readText(readShardState, text);
  }

  writeState(state: ShardState): void {
    this.#storage.kv.put(STATE, JSON.stringify(state));
  }

  setAlarm(at: number): void {
    // If this write fails, the output gate breaks: nothing sent after it leaves, and the object is reset.
    void this.#storage.setAlarm(at);
  }

  /** The last identity is gone, so the file is deleted too. */
  async clear(): Promise<void> {
    this.#exists = false;
    this.#known.clear();
    this.#weight = 0;
    await this.#storage.deleteAll();
  }

  #create(): void {
    if (this.#exists) return;
    this.#rows(IDENTITY_TABLE);
    this.#exists = true;
  }

  #parse(key: string, body: string): IdentityRecord {
    const { isApart, ...stored } = readRecordText(body, () => this.#storage.kv.get<string>(crowdOf(key)));
    // D1 may be told again what it has, at no cost. A counter is told once for each session: if a death kept it from KV, it is told
    // with the identity's next session.
    const record: IdentityRecord = { ...stored, counter_changed: false };
    if (isApart) this.#apart.set(record, record.seen);
    return record;
  }

  /** Moves a record to the end of those known, and drops the first ones if they are too many. */
  #keep(key: string, { record, rev }: Kept): void {
    this.#drop(key);
    const weight = weightOf(record);
    this.#known.set(key, { record, rev, weight });
    this.#weight += weight;
    for (const first of this.#known.keys()) {
      if (this.#weight <= IDENTITY_CACHE_SIGHTINGS || first === key) return;
      this.#drop(first);
    }
  }

  #drop(key: string): void {
    const known = this.#known.get(key);
    if (!known) return;
    this.#known.delete(key);
    this.#weight -= known.weight;
  }

  #rows<T extends Record<string, SqlStorageValue>>(query: string, ...values: SqlStorageValue[]): T[] {
    return this.#storage.sql.exec<T>(query, ...values).toArray();
  }
}

/** About what a record takes, counted in sightings. Its own fields count as a few. */
const weightOf = ({ seen, edges }: IdentityRecord): number => 4 + seen.length + edges.length;
