import fc from "fast-check";
import { expect, it } from "vitest";
import { MAX_GAPS } from "../../src/core/delivery/streams";
import { intake, type KnownSession } from "../../src/core/session/calls/intake";
import type { Entry, Unplaced } from "../../src/core/session/entry";
import { apply, applyText } from "../../src/core/session/fold/fold";
import { newState, readSnapshot, type SessionState, writeSnapshot } from "../../src/core/session/fold/state";
import type { Head } from "../../src/core/session/head";
import { foldLog } from "../../src/ops/backtest";
import { lead, logOf, NOWHERE, start, T0 } from "../support/log";
import { cases } from "../support/scale";
import { callOf, someEvents } from "../support/visit";

const ID = "11111111-2222-4333-8444-555555555555";

interface Step {
  stream: string;
  first: number;
  count: number;
  types: string[];
  wait: number;
  end: boolean;
  gone: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  stream: fc.constantFrom("a", "b", "constructor"),
  first: fc.integer({ min: 1, max: 60 }),
  count: fc.integer({ min: 1, max: 12 }),
  types: fc.array(fc.constantFrom("click", "scroll", "page_view", "mousemove", "shop.buy", "constructor"), {
    minLength: 1,
    maxLength: 4,
  }),
  wait: fc.integer({ min: 0, max: 40_000 }),
  end: fc.boolean().map((end) => end),
  gone: fc.boolean(),
});

/** Runs calls through intake and fold as the actor does; returns the log and the state. */
function play(steps: Step[]): { log: Entry[]; state: SessionState; accepted: Map<string, number> } {
  let now = 1_795_000_000_000;
  let known: KnownSession | null = null;
  const log: Entry[] = [];
  const accepted = new Map<string, number>();
  for (const [i, one] of steps.entries()) {
    now += one.wait;
    const events = someEvents(one.count).map((event, n) => ({
      ...event,
      event_type: one.types[n % one.types.length] ?? "click",
      scroll_percent: (n * 7) % 100,
    }));
    const gone: [number, number][] = one.gone && one.first > 1 ? [[1, one.first - 1]] : [];
    const last = one.end && i === steps.length - 1;
    const call = callOf(ID, { stream: one.stream, first: one.first, events, end: last, gone });
    const taken = intake(known, call, now, () => "minted");
    if (!taken.ok) {
      expect(taken.code).toBe("stream_too_sparse");
      continue;
    }
    for (const entry of taken.entries) {
      apply(taken.state, entry);
      if (entry.kind !== "event") continue;
      const key = `${entry.stream}/${entry.number}`;
      accepted.set(key, (accepted.get(key) ?? 0) + 1);
    }
    log.push(...taken.entries);
    const head: Head = taken.head;
    known = { head, state: taken.state };
  }
  return { log, state: known?.state ?? newState(0), accepted };
}

const visits = fc.array(step, { minLength: 1, maxLength: 40 });

it("accepts each (stream, number) once, however batches overlap", () => {
  fc.assert(
    fc.property(visits, (steps) => {
      const { accepted, state } = play(steps);
      expect([...accepted.values()].every((times) => times === 1)).toBe(true);
      expect(state.events).toBe(accepted.size);
      for (const stream of Object.values(state.streams)) expect(stream.gaps.length).toBeLessThanOrEqual(MAX_GAPS);
    }),
    { numRuns: cases(200) },
  );
});

it("folds to the same state from any snapshot of the way, and from the log alone", () => {
  fc.assert(
    fc.property(visits, fc.nat(), (steps, where) => {
      const { log, state } = play(steps);
      const cut = where % (log.length + 1);
      const text = (entries: Entry[]) => entries.map((entry) => JSON.stringify(entry)).join(",");
      const first = newState((log[0]?.seq ?? 1) - 1);
      applyText(first, text(log.slice(0, cut)));
      const resumed = readSnapshot(writeSnapshot(first));
      applyText(resumed, text(log.slice(cut)));
      expect(resumed).toEqual(state);
      expect(readSnapshot(writeSnapshot(state))).toEqual(state);
    }),
    { numRuns: cases(200) },
  );
});

/** What lies between acts in a log without being one: by the receive time, so later than acts that were sent late. */
const sideEntry: fc.Arbitrary<Unplaced> = fc.constantFrom<Unplaced[]>(
  { kind: "identify", at: 0, learnt: ["ip"] },
  { kind: "network", at: 0, network: { ...NOWHERE, address: "a2" } },
  { kind: "consent", at: 0, consent: "granted" },
  { kind: "settled", at: 0, stream: null, rejected: [], unnumbered_rejected: 1, gone: [] },
  { kind: "detail", at: 0, device: { timezone: "Europe/Berlin" }, screen: null, signals: { touch: 0 } },
  { kind: "identity", at: 0, answer: { fingerprint: null, address: null }, version: 1, forms: 0 },
  lead(),
);

const lateAct = fc.record({
  type: fc.constantFrom("click", "scroll", "page_view", "mousemove", "form_submit", "form_focus", "shop.buy"),
  hidden: fc.option(fc.boolean(), { nil: null }),
  wait: fc.constantFrom(0, 400, 5_000, 14_000, 28_000, 600_000),
  stream: fc.constantFrom("a", "b", null),
  side: fc.array(sideEntry, { maxLength: 3 }),
});

it("knows what acts say of time whatever lies between them in the log", () => {
  fc.assert(
    fc.property(fc.array(lateAct, { minLength: 1, maxLength: 60 }), (acts) => {
      const now = T0 + 24 * 3_600_000;
      const times: Record<string, number> = {};
      const number: Record<string, number> = {};
      const whole: Unplaced[] = [start()];
      const bare: Unplaced[] = [start()];
      for (const { type, hidden, wait, stream, side } of acts) {
        const name = stream ?? "";
        times[name] = (times[name] ?? T0) + wait;
        number[name] = (number[name] ?? 0) + 1;
        const state = hidden ? "hidden" : "visible";
        const act: Unplaced = {
          kind: "event",
          at: times[name],
          received_at: now,
          stream,
          number: stream === null ? null : number[name],
          event_type: hidden === null ? type : "visibility_change",
          detail: { data: { state, form: "contact", fields: 2 } },
        };
        whole.push(...side.map((entry) => ({ ...entry, at: now })), act);
        bare.push(act);
      }
      const told = (log: Unplaced[]) => {
        const state = foldLog(logOf(...log));
        const { engaged_ms, attention, first_event_at, last_event_at, visible, velocity, velocity_by_type } = state;
        const { cadence, behaviour, forms, journey, counts, views, pages, current_page, streams } = state;
        const time = { engaged_ms, attention, first_event_at, last_event_at, visible, velocity, velocity_by_type };
        return { ...time, cadence, behaviour, forms, acts: journey.acts, counts, views, pages, current_page, streams };
      };
      expect(told(whole)).toEqual(told(bare));
    }),
    { numRuns: cases(200) },
  );
});

it("numbers entries without a gap and never lets time in a stream run backwards", () => {
  fc.assert(
    fc.property(visits, (steps) => {
      const { log } = play(steps);
      const newest = new Map<string | null, number>();
      log.forEach((entry, i) => {
        expect(entry.seq).toBe((log[0]?.seq ?? 0) + i);
        if (entry.kind !== "event") return;
        expect(entry.at).toBeGreaterThanOrEqual(newest.get(entry.stream) ?? 0);
        expect(entry.at).toBeLessThanOrEqual(entry.received_at);
        newest.set(entry.stream, entry.at);
      });
    }),
  );
});
