// The archive's logs, from a server or from the folder of one.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Entry } from "../../src/core/session/entry.ts";
import { openStores } from "../lib/local.ts";
import { loadSource } from "../lib/source.ts";

interface SessionLog {
  session_id: string;
  site: string | null;
  entries: Entry[];
}

/** Tries of one step: it reads only, so a server that does not answer is asked again. */
const TRIES = 5;

export async function* logsOfServer({
  url,
  key,
  from,
  to,
  site,
}: {
  url: string;
  key: string;
  from: string;
  to: string;
  site: string | undefined;
}): AsyncGenerator<SessionLog> {
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ from, to, ...(site && { site }), ...(after && { after }) });
    const lines = await step(`${url}/analytics/logs?${query}`, key);
    const last = JSON.parse(lines.pop() ?? "{}");
    for (const line of lines) yield JSON.parse(line);
    after = last.next;
  } while (after);
}

/** The lines of a whole answer. */
async function step(url: string, key: string) {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(url, { headers: { Authorization: `Bearer ${key}` } });
      const text = await response.text();
      if (response.ok) {
        const lines = text.trimEnd().split("\n");
        // Only a whole answer has this last line.
        if (lines.at(-1)?.startsWith('{"next":')) return lines;
      } else if (response.status < 500 && response.status !== 429) {
        throw new Refusal(`The server answered ${response.status}: ${text}`);
      }
      if (attempt === TRIES) throw new Refusal(`The server answered ${response.status}: ${text.slice(0, 500)}`);
      await pause(1_000 * Math.max(attempt, Number(response.headers.get("Retry-After")) || 0));
    } catch (error) {
      if (error instanceof Refusal || attempt === TRIES) throw error;
      await pause(1_000 * attempt);
    }
  }
}

class Refusal extends Error {}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

export async function* logsOfState({
  state,
  from,
  to,
  site,
}: {
  state: string;
  from: string;
  to: string;
  site: string | undefined;
}): AsyncGenerator<SessionLog> {
  const folder = resolve(state);
  if (!existsSync(join(folder, "v3/r2")))
    throw new Error(`${folder} is no server's STATE_DIR: there is no v3/r2 in it`);
  // Not `typeof import(…)`: that file needs types of the runtime, which Node's contradict.
  const {
    archivedLogs,
  }: {
    archivedLogs(bucket: object, range: { from: string; to: string }, after: string | null): AsyncIterable<SessionLog>;
  } = await loadSource("src/ops/archived-logs.ts");
  const miniflare = openStores(folder);
  try {
    const bucket = await miniflare.getR2Bucket("TRACKING_R2");
    for await (const log of archivedLogs(bucket, { from, to }, null)) {
      if (site === undefined || log.site === site) yield log;
    }
  } finally {
    await miniflare.dispose();
  }
}
