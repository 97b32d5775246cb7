import { withdraw } from "../../src/core/recording/state";
import { backoff } from "../../src/core/session/deadline";
import type { IdentityErasure, Progress, StoreProgress } from "../../src/core/session/progress";
import { eraseIdentity, sessionPrefix } from "../../src/data/store/archive";
import { eraseRecording } from "../../src/data/store/recordings";
import { ERASE_AGAIN_MS, OUTSIDE_TIMEOUT_MS } from "../../src/limits";
import { errorField, type Logger } from "../../src/ops/logger";
import type { Inquiry } from "./inquiry";
import type { Instance } from "./instance";
import { type SessionMemory, withdrawalAt } from "./memory";

/**
 * Progress with the erasure that a withdrawal starts. The erasure waits for no back-off, because it has to be done within a minute.
 */
export function withErasure({ progress, head }: SessionMemory, now: number): Progress {
  const retry_at = withdrawalAt({ progress }, now);
  const soon = (store: StoreProgress) => (store.attempts > 0 ? { ...store, retry_at } : store);
  const recording = progress.recording && withdraw(progress.recording, now);
  // An identity object or a chunk may be on its way to R2.
  const again = progress.r2.plan !== null || recording !== undefined;
  // Go by the version, not by the plan: a retry of an older plan may have carried a later identity.
  const isAnyWritten = head.identity_version > 0 || recording !== undefined;
  const erase = isAnyWritten ? { through: head.identity_version, attempts: 0, retry_at, again } : null;
  return { ...progress, d1: soon(progress.d1), r2: soon(progress.r2), erase, ...(recording && { recording }) };
}

export interface WithdrawalHost {
  instance: Instance;
  bucket: R2Bucket;
  inquiry: Inquiry;
  log: Logger;
}

/**
 * Erases what was withdrawn: identity objects and the recording in R2, and what the shards of its identities know. D1's row is
 * cleared by the flush of the consent entry.
 */
export async function eraseWithdrawn(memory: SessionMemory, host: WithdrawalHost): Promise<void> {
  const { erase, told = [] } = memory.progress;
  if (!erase || erase.retry_at > Date.now()) return;
  const isAsking = !(await host.inquiry.settled(OUTSIDE_TIMEOUT_MS));
  const { failure, again } = await eraseOutside(memory, erase, told, host);
  let left: IdentityErasure | null = null;
  if (failure) {
    const attempts = erase.attempts + 1;
    left = { ...erase, attempts, retry_at: Date.now() + backoff(attempts, Math.random(), true) };
    host.log.warn("erase_failed", { attempts, error: errorField(failure.reason) });
  } else if (erase.again || isAsking || again) {
    left = { ...erase, again: false, attempts: 0, retry_at: Date.now() + ERASE_AGAIN_MS };
  }
  const { progress } = memory;
  // If the session has withdrawn once more meanwhile, that erasure is still to come.
  if (progress.erase?.through === erase.through) progress.erase = left;
  if (!left && memory.state.consent === "denied") {
    progress.told = (progress.told ?? []).filter((place) => !told.includes(place));
  }
  host.instance.save(progress);
}

/** `failure`: the first step that failed. `again`: a shard wants to be asked once more. */
async function eraseOutside(
  { head, state, progress }: SessionMemory,
  { through }: IdentityErasure,
  told: readonly string[],
  { bucket, inquiry }: WithdrawalHost,
): Promise<{ failure: PromiseRejectedResult | undefined; again: boolean }> {
  const prefix = sessionPrefix(head.session_id, state.started_at);
  const steps = await Promise.allSettled([
    eraseIdentity(bucket, prefix, through).then(() => false),
    progress.recording && eraseRecording(bucket, prefix).then(() => false),
    inquiry.forget(head.session_id, told),
  ]);
  return {
    failure: steps.find((step) => step.status === "rejected"),
    again: steps.some((step) => step.status === "fulfilled" && step.value),
  };
}
