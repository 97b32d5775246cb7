// Finds what the files of a stopped server still have of somebody.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { databasesUnder, filesUnder, withDatabase } from "../../scripts/lib/databases.ts";

export interface Trace {
  where: string;
  needle: string;
}

/**
 * Searches every row of every SQLite file, the write-ahead logs included, and every R2 body, decompressed. The files stay
 * as they are.
 */
export function tracesIn(state: string, needles: readonly string[]): Trace[] {
  const copies = mkdtempSync(join(tmpdir(), "pulsegate-traces-"));
  try {
    const databases = databasesUnder(state);
    const rows = databases.flatMap((file) => {
      const copy = join(copies, basename(file));
      for (const part of ["", "-wal"]) if (existsSync(file + part)) cpSync(file + part, copy + part);
      return find(needles, `rows of ${relative(state, file)}`, rowsOf(copy));
    });
    const others = filesUnder(state).filter((file) => !/\.sqlite(-wal|-shm)?$/.test(file));
    return [...rows, ...others.flatMap((file) => find(needles, relative(state, file), bodyOf(file)))];
  } finally {
    rmSync(copies, { recursive: true });
  }
}

/** Searches the raw bytes of every file, with free pages of databases and logs. */
export const tracesInBytes = (state: string, needles: readonly string[]): Trace[] =>
  filesUnder(state).flatMap((file) => find(needles, relative(state, file), readFileSync(file)));

const find = (needles: readonly string[], where: string, text: string | Buffer) =>
  needles.filter((needle) => text.includes(needle)).map((needle) => ({ where, needle }));

/** Every value of every table as text; a blob as the text it may hold. */
function rowsOf(file: string) {
  return withDatabase(file, (database) => {
    const tables = database.all("SELECT name FROM sqlite_master WHERE type = 'table'");
    return tables
      .flatMap(({ name }) => database.all(`SELECT * FROM "${String(name)}"`))
      .flatMap((row) => Object.values(row))
      .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value)))
      .join("\n");
  });
}

function bodyOf(file: string) {
  const bytes = readFileSync(file);
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}
