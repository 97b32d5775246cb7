// `npm run scrub`: takes what has been deleted out of the files of a server on one's own machine.
import { readdirSync, readlinkSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { databasesUnder, withDatabase } from "./lib/databases.ts";

const HELP = `npm run scrub -- [--state <folder>] [--json]

SQLite leaves the bytes of a deleted row where they were until something else takes the place. This writes every database
of a stopped server anew, D1, KV, R2's index and the actors', without them: after an erasure, if the disk is not yours
alone. Nothing that a query can see changes. It needs as much free disk as the largest file.
  --state  the folder (default: STATE_DIR, or .state)
  --json   prints the totals as one JSON object, and nothing else
  --help   this text`;

const { values } = parseArgs({
  options: {
    state: { type: "string", default: process.env.STATE_DIR ?? ".state" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const state = resolve(values.state);
const files = databases();
const user = userOf(state);
if (user !== null) fail(`Process ${user} has files of ${state} open: stop the server first.`);

const began = Date.now();
const total = { files: 0, bytes_before: 0, bytes_after: 0, seconds: 0 };
for (const file of files) {
  total.bytes_before += sizeOf(file);
  withDatabase(file, (database) => {
    // Merges the write-ahead log into the file and deletes it. The runtime starts a new log when it opens the file.
    database.exec("PRAGMA journal_mode = DELETE");
    database.exec("VACUUM");
  });
  for (const part of [`${file}-wal`, `${file}-shm`]) rmSync(part, { force: true });
  total.files += 1;
  total.bytes_after += sizeOf(file);
  if (!values.json && total.files % 1_000 === 0) console.log(`${total.files} of ${files.length} files`);
}
total.seconds = (Date.now() - began) / 1_000;
const { bytes_before, bytes_after, seconds } = total;
if (values.json) console.log(JSON.stringify(total));
else
  console.log(
    `${total.files} files, ${mb(bytes_before)} before and ${mb(bytes_after)} after, in ${seconds.toFixed(1)} s`,
  );

function databases() {
  try {
    return databasesUnder(state);
  } catch (error) {
    return fail(`There is no state in ${state}: ${String(error)}`);
  }
}

function sizeOf(file: string) {
  const size = (name: string) => statSync(name, { throwIfNoEntry: false })?.size ?? 0;
  return size(file) + size(`${file}-wal`);
}

function mb(bytes: number) {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

/** A process that has a file below the folder open, if the system tells (/proc). */
function userOf(folder: string) {
  for (const pid of list("/proc").filter((name) => /^\d+$/.test(name))) {
    const open = list(`/proc/${pid}/fd`).map((fd) => link(`/proc/${pid}/fd/${fd}`));
    if (open.some((file) => file.startsWith(`${folder}/`))) return pid;
  }
  return null;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // A process that has just ended, or is somebody else's; or a system without /proc.
    return [];
  }
}

function link(name: string) {
  try {
    return readlinkSync(name);
  } catch {
    // Closed in the meantime.
    return "";
  }
}

function fail(why: string): never {
  console.error(why);
  process.exit(1);
}
