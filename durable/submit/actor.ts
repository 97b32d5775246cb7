import { DurableObject } from "cloudflare:workers";
import type { Env, SubmitRpc } from "../../src/bindings";
import { SUBMIT_NAME_MS } from "../../src/limits";

interface Named {
  submission_id: string;
  /** When the name was first heard, epoch ms. */
  at: number;
}

const KEY = "named";

/**
 * The name of a submit (`submitName`), kept for as long as retries may come: it says which submit has the name. Each name is one
 * object, so of any number of tries at once exactly one makes the id, also while D1 does not answer.
 */
export class SubmitActor extends DurableObject<Env> implements SubmitRpc {
  /** The id of the submit with this name. Once the name has aged out, the name means another submit, with an id of its own. */
  named(): string {
    const now = Date.now();
    const known = this.ctx.storage.kv.get<Named>(KEY);
    if (known && now < known.at + SUBMIT_NAME_MS) return known.submission_id;
    const submission_id = crypto.randomUUID();
    this.ctx.storage.kv.put<Named>(KEY, { submission_id, at: now });
    void this.ctx.storage.setAlarm(now + SUBMIT_NAME_MS);
    return submission_id;
  }

  override async alarm(): Promise<void> {
    const known = this.ctx.storage.kv.get<Named>(KEY);
    const until = (known?.at ?? 0) + SUBMIT_NAME_MS;
    if (until > Date.now()) await this.ctx.storage.setAlarm(until);
    else await this.ctx.storage.deleteAll();
  }
}
