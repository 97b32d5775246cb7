import type { Env } from "../../src/bindings";
import { markOf, type RosterMark } from "../../src/core/roster/when";
import type { Intake } from "../../src/core/session/calls/intake";
import type { Entry, IdentityEntry } from "../../src/core/session/entry";
import { apply } from "../../src/core/session/fold/fold";
import type { Head } from "../../src/core/session/head";
import type { Progress } from "../../src/core/session/progress";
import type { Journal } from "../../src/data/store/journal";
import { type Inquiry, type Occasion, toldOf } from "./inquiry";
import type { Instance } from "./instance";
import { newMemory, type SessionMemory, scheduleFlush } from "./memory";
import type { Reporter } from "./reporter";
import type { Watch } from "./watch";
import { withErasure } from "./withdrawal";

/** The part of an intake that is stored. */
export type Addition = Omit<Intake, "ok" | "reply">;

export interface IngestHost {
  instance: Instance;
  journal(): Journal;
  identities: Env["IDENTITY"];
  inquiry: Inquiry;
  watch: Watch;
  reporter: Reporter;
  /** The session has withdrawn, so its sockets keep no address any more. */
  forgetAddresses(): void;
}

/** The only way into a session: journal first, in one atomic commit, and only then memory. */
export class Ingest {
  readonly #host: IngestHost;

  constructor(host: IngestHost) {
    this.#host = host;
  }

  /** `before`: the session so far; null if this begins it. Returns the session after it. */
  commit(before: SessionMemory | null, added: Addition, now: number): SessionMemory | null {
    if (added.entries.length === 0 && (!before || before.head === added.head)) return before;
    const memory = before ?? { ...newMemory(added.head), state: added.state };
    const mark = markOf(memory.head, memory.state);
    const body = JSON.stringify(added.entries).slice(1, -1);
    const progress = added.withdrawn ? withErasure(memory, now) : this.#told(memory, added.head);
    this.#host.instance.orAbort(() => {
      this.#write(before, added, progress, body);
      this.#fold(memory, added, progress, body);
      scheduleFlush(memory, added, now, Math.random());
      this.#host.instance.setDeadline(memory);
    });
    this.#tell(memory, added, mark, now);
    return memory;
  }

  /** Asks the shards of the session's identities. Only calls and alarms ask. Answers are commits too, and must not ask. */
  ask(memory: SessionMemory, occasion: Occasion, now: number): void {
    this.#host.inquiry.start(memory, occasion, now, (answer) => this.#learn(memory, answer));
  }

  #write(before: SessionMemory | null, { head, entries }: Addition, progress: Progress, body: string): void {
    const journal = this.#host.journal();
    const isHeadSame = before?.head === head;
    const isProgressSame = before?.progress === progress;
    const write = () => {
      if (!before) journal.create(head, progress);
      else if (!isHeadSame) journal.writeHead(head);
      if (before && !isProgressSame) journal.writeProgress(progress);
      appendEntries(journal, entries, body, progress.wakes);
    };
    // One statement is atomic by itself, and most calls are one.
    if (isHeadSame && isProgressSame) write();
    else journal.transaction(write);
  }

  #fold(memory: SessionMemory, { head, entries }: Addition, progress: Progress, body: string): void {
    this.#host.instance.memory = Object.assign(memory, { head, progress });
    for (const entry of entries) apply(memory.state, entry);
    memory.units += body.length;
    memory.unplanned += body.length;
  }

  #tell(memory: SessionMemory, { entries, withdrawn }: Addition, before: RosterMark, now: number): void {
    const { forgetAddresses, watch, reporter } = this.#host;
    if (withdrawn) forgetAddresses();
    watch.tell(memory, entries, now);
    reporter.taken(memory, before, now);
  }

  /** Progress with the shards that will be told of a new identity: written down before they are told. */
  #told(memory: SessionMemory, head: Head): Progress {
    const { progress } = memory;
    // If the head is unchanged, there is no new shard to tell, and the look-up takes longer than folding a batch.
    if (memory.head === head && progress.told !== undefined) return progress;
    const told = toldOf(this.#host.identities, head, progress.told);
    return told.length === (progress.told?.length ?? 0) ? progress : { ...progress, told };
  }

  /** Takes an answer, unless the session has meanwhile withdrawn, gone, or become somebody else. */
  #learn(memory: SessionMemory, answer: Omit<IdentityEntry, "seq">): void {
    const { head, state } = memory;
    if (this.#host.instance.memory !== memory) return;
    if (state.consent !== "granted" || head.identity_version !== answer.version) return;
    this.add(memory, [{ ...answer, seq: state.seq + 1 }], Date.now());
  }

  /** Entries that the actor writes by itself. */
  add(memory: SessionMemory, entries: Entry[], now: number, ended = memory.state.ended_at !== null): void {
    const { head, state } = memory;
    this.commit(memory, { head, state, entries, ended, withdrawn: false }, now);
  }
}

function appendEntries(journal: Journal, entries: readonly Entry[], body: string, wake: number): void {
  const [first] = entries;
  if (!first) return;
  const events = entries.filter(({ kind }) => kind === "event").length;
  journal.append({ lo: first.seq, hi: first.seq + entries.length - 1, events, wake, body });
}
