import type { Breaker } from "../../core/leads/breaker";
import { formReader, isNumber, isText, oneOf, orNull, readText, unchanged } from "../../core/stored";

/** Which endpoint an actor looks after. */
export interface EndpointName {
  site: string;
  endpoint_id: string;
}

const VERSION = 1;

/** Before version 1 both had the same fields and no version. */
const readName = formReader<EndpointName>({
  name: "endpoint's name",
  version: VERSION,
  shape: { site: isText, endpoint_id: isText },
  migrations: { 0: unchanged },
});

const readBreaker = formReader<Breaker>({
  name: "endpoint's breaker",
  version: VERSION,
  shape: {
    state: oneOf("closed", "open", "disabled"),
    failures: isNumber,
    until: isNumber,
    since: orNull(isNumber),
    reason: orNull(isText),
  },
  migrations: { 0: unchanged },
});

const breakerText = ({ state, failures, until, since, reason }: Breaker): string =>
  JSON.stringify({ v: VERSION, state, failures, until, since, reason });

/** A webhook endpoint's breaker in its actor's own SQLite: one row. */
export class EndpointStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  read(): { name: EndpointName; breaker: Breaker; unprojected: boolean } | null {
    if (!this.#exists()) return null;
    const [row] = this.#sql
      .exec<{ name: string; breaker: string; unprojected: number }>("SELECT name, breaker, unprojected FROM endpoint")
      .toArray();
    if (!row) return null;
    return {
      name: readText(readName, row.name),
      breaker: readText(readBreaker, row.breaker),
      unprojected: row.unprojected === 1,
    };
  }

  write(name: EndpointName, breaker: Breaker): void {
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS endpoint (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL,
         breaker TEXT NOT NULL, unprojected INTEGER NOT NULL)`,
    );
    this.#sql.exec(
      "INSERT OR REPLACE INTO endpoint (id, name, breaker, unprojected) VALUES (1, ?, ?, 1)",
      JSON.stringify({ v: VERSION, ...name }),
      breakerText(breaker),
    );
  }

  /** Notes that D1 has this breaker. */
  markProjected(breaker: Breaker): void {
    this.#sql.exec("UPDATE endpoint SET unprojected = 0 WHERE breaker = ?", breakerText(breaker));
  }

  #exists(): boolean {
    return (
      this.#sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'endpoint'").toArray().length > 0
    );
  }
}
