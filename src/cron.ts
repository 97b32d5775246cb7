import type { Env } from "./bindings";
import { BUDGETS } from "./core/budget/name";
import { databaseBytes } from "./data/store/database";
import { keepScripts } from "./edge/http/keep-scripts";
import { CRON_PERIOD_MS } from "./limits";
import { checkAlerts, wakeOverdue } from "./ops/alerts";
import { errorField, type LogFields, type Logger } from "./ops/logger";
import { retain } from "./ops/retention";
import { rollUp } from "./ops/rollup";
import { wakeStale } from "./ops/wake-stale";
import { HOUR_MS } from "./time";

/** A job of the cron, and what it logs. Each is bounded, and may run again at any time. */
type Job = (env: Env, log: Logger, now: number) => Promise<LogFields>;

/** The schedules of `wrangler.toml`. */
const NIGHTLY = "0 3 * * *";

const nightly: Record<string, Job> = {
  retention: (env, log, now) => retain(env, log, now, { begin: true }),
};

/** The first run of each hour also rolls up days that have changed since they were rolled up. */
const isFirstOfHour = (now: number): boolean => now % HOUR_MS < CRON_PERIOD_MS;

const everyFiveMinutes: Record<string, Job> = {
  database: async (env) => {
    const bytes = await databaseBytes(env.DB);
    if (bytes !== null) await env.BUDGET.getByName(BUDGETS).databaseIs(bytes);
    return { bytes };
  },
  rollup: async (env, _, now) => ({ ...(await rollUp(env.DB, now, isFirstOfHour(now))) }),
  leads: (env, log, now) => wakeOverdue(env, log, now),
  alerts: (env, log, now) => checkAlerts(env, log, now),
  wake: async (env, log, now) => ({ woken: await wakeStale(env, log, now) }),
  scripts: async (env, _, now) => ({ kept: await keepScripts(env, now) }),
  // Goes on with a run that was too much for one invocation.
  retention: (env, log, now) => retain(env, log, now, { begin: false }),
};

/** Runs the jobs of a schedule. A job that fails does not stop the others. */
export async function runCron(cron: string, env: Env, log: Logger, now: number): Promise<void> {
  const failed = new Map<string, unknown>();
  for (const [job, run] of Object.entries(cron === NIGHTLY ? nightly : everyFiveMinutes)) {
    const began = Date.now();
    try {
      const said = await run(env, log, now);
      log.info("cron", { job, ms: Date.now() - began, ...said });
    } catch (error) {
      failed.set(job, error);
      log.error("cron_failed", { job, error: errorField(error) });
    }
  }
  if (failed.size > 0)
    throw new AggregateError(failed.values(), `jobs of the cron failed: ${[...failed.keys()].join(", ")}`);
}
