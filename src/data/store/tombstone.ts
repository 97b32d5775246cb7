/** What is left of an erased session in its actor's SQLite: that there was one, and when it was erased. */

const TABLE =
  "CREATE TABLE IF NOT EXISTS tombstone (id INTEGER PRIMARY KEY CHECK (id = 1), erased_at INTEGER NOT NULL)";

export function plantTombstone({ sql }: DurableObjectStorage, now: number): void {
  sql.exec(TABLE);
  sql.exec("INSERT OR REPLACE INTO tombstone (id, erased_at) VALUES (1, ?)", now);
}

/** Asks the catalogue first: a look-up of an unknown id must create nothing. Epoch ms; null without one. */
export function readTombstone({ sql }: DurableObjectStorage): number | null {
  const tables = sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'tombstone'").toArray();
  if (tables.length === 0) return null;
  return sql.exec<{ erased_at: number }>("SELECT erased_at FROM tombstone").toArray()[0]?.erased_at ?? null;
}
