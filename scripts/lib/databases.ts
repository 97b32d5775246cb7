// The SQLite files of a stopped server on this machine: D1, KV, R2's index and one for each actor.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "node-sqlite3-wasm";
import sqlite from "node-sqlite3-wasm";

/** @returns Every file below the folder. */
export const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  );

export const databasesUnder = (state: string): string[] => filesUnder(state).filter((file) => file.endsWith(".sqlite"));

/** Opens a database as its last process left it, with what is in the write-ahead log. */
export function withDatabase<T>(file: string, use: (database: Database) => T): T {
  const database = new sqlite.Database(file);
  try {
    // With an exclusive lock SQLite needs no shared memory to read the write-ahead log.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    return use(database);
  } finally {
    database.close();
  }
}
