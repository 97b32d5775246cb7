// A lock between processes. It ends with the process that holds it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 200;

/** Waits until no other process holds `file`, and holds it until this one ends. */
export async function oneAtATime(file: string) {
  mkdirSync(dirname(file), { recursive: true });
  while (!take(file)) {
    if (isAlive(Number(read(file)))) await sleep(POLL_MS);
    else rmSync(file, { force: true });
  }
  process.on("exit", () => rmSync(file, { force: true }));
}

function take(file: string) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function read(file: string) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // It was released in the meantime.
    return "";
  }
}

/** @param pid 0: the file has no pid yet, or is gone. */
function isAlive(pid: number) {
  if (pid === 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
