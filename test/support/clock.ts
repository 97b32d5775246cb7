import { vi } from "vitest";
import { alarm, alarmAt, liveOf } from "./visit";

/**
 * Gives the clock to the test: alarms fire when the test says, and hours pass in no time. The clock is in the future, because an
 * alarm that is set for the real past would fire by itself.
 */
export const stopClock = (at: string): void => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(at) });
};

/** Lets the clock run to the session's next alarm, and fires it. */
export async function tick(id: string): Promise<void> {
  const at = await alarmAt(id);
  if (at === null) throw new Error("no alarm is set");
  vi.setSystemTime(Math.max(Date.now(), at));
  await alarm(id);
}

/** Fires alarm after alarm, until both stores have everything. */
export async function tickUntilDrained(id: string): Promise<void> {
  for (let i = 0; i < 40; i++) {
    if ((await liveOf(id))?.actor.journal_depth === 0) return;
    await tick(id);
  }
  throw new Error("the journal does not drain");
}
