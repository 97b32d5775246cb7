import type { Env } from "../../src/bindings";
import type { StoreName } from "../../src/core/session/progress";
import { OUTSIDE_TIMEOUT_MS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { errorField, type Logger } from "../../src/ops/logger";
import type { SessionMemory } from "./memory";

/** Failed writes in a row after which a session's flush is stuck (some 2 minutes), and after which it says so again. */
export const STUCK_ATTEMPTS = 6;
const STUCK_AGAIN = 15;

/** Whether the `attempts`-th failure in a row is worth telling. */
const isNews = (attempts: number): boolean =>
  attempts >= STUCK_ATTEMPTS && (attempts - STUCK_ATTEMPTS) % STUCK_AGAIN === 0;

/** Tells the site's alerts that this session cannot write to a store, or can again. If they do not answer, that is only logged. */
export async function tellStuck(
  env: Pick<Env, "ALERTS">,
  { head, progress }: SessionMemory,
  outcomes: readonly { store: StoreName; error: string | null; repeated: boolean }[],
  log: Logger,
): Promise<void> {
  for (const { store, error, repeated } of outcomes) {
    const isStuck = error !== null && isNews(progress[store].attempts);
    const isOver = error === null && repeated;
    if (!isStuck && !isOver) continue;
    try {
      const alerts = env.ALERTS.getByName(head.site);
      await inTime(alerts.flushIs(head.site, head.session_id, isStuck), OUTSIDE_TIMEOUT_MS);
    } catch (failure) {
      log.warn("alerts_unreachable", { error: errorField(failure) });
    }
  }
}

/** An erased session is no longer stuck: the site's alerts forget that it was. Throws when they do not answer. */
export async function forgetStuck(env: Pick<Env, "ALERTS">, { head, progress }: SessionMemory): Promise<void> {
  if (Math.max(progress.d1.attempts, progress.r2.attempts) < STUCK_ATTEMPTS) return;
  await inTime(env.ALERTS.getByName(head.site).flushIs(head.site, head.session_id, false), OUTSIDE_TIMEOUT_MS);
}
