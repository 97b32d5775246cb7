// Indexes in whose order rows never come. They are dropped while millions of rows are written, and made again afterwards.
import { readFileSync } from "node:fs";

const migration = new URL("../../migrations/004_tracking_tables.sql", import.meta.url);
const LATER = ["sessions_by_visitor", "sessions_by_fingerprint", "sessions_by_ip", "events_by_type"];

interface Database {
  sql: (text: string) => Promise<unknown>;
}

export async function dropIndexes(database: Database) {
  for (const name of LATER) await database.sql(`DROP INDEX IF EXISTS ${name}`);
}

export async function createIndexes(database: Database, say: (name: string) => void) {
  const text = readFileSync(migration, "utf8");
  for (const name of LATER) {
    const [statement] = new RegExp(`CREATE INDEX ${name} [^;]+`).exec(text) ?? [];
    if (!statement) throw new Error(`migration 004 makes no index ${name}`);
    await database.sql(statement.replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS"));
    say(name);
  }
}
