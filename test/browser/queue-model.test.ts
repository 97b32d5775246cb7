import fc from "fast-check";
import { expect, test } from "vitest";
import { ackOf, newStream, type StreamState, settle as settleAtServer } from "../../src/core/delivery/streams";
import { settleAll } from "../../src/web/tracker/lazy/acts/settle";
import { BATCH_BYTES } from "../../src/web/tracker/limits";
import {
  add,
  type Batch,
  BEACONED,
  type By,
  drop,
  release,
  SENT,
  type Stream,
  settle,
  take,
} from "../../src/web/tracker/queue";

/** A server that keeps everything it was ever sent, and acks as the session actor does. */
class Server {
  readonly #streams = new Map<string, { state: StreamState; events: Map<number, string>; gone: Set<number> }>();

  of(name: string) {
    const stream = this.#streams.get(name) ?? { state: newStream(), events: new Map(), gone: new Set() };
    this.#streams.set(name, stream);
    return stream;
  }

  receive(name: string, { first, json, gone }: Batch): void {
    const stream = this.of(name);
    for (const [i, event] of (JSON.parse(`[${json}]`) as string[]).entries()) {
      const number = first + i;
      // Whatever comes again under a number is the same event.
      expect(stream.events.get(number) ?? event).toBe(event);
      if (settleAtServer(stream.state, number, number) > 0) stream.events.set(number, event);
    }
    for (const [from, to] of gone) {
      if (settleAtServer(stream.state, from, to) === 0) continue;
      for (let n = from; n <= to; n++) if (!stream.events.has(n)) stream.gone.add(n);
    }
  }

  ack = (name: string) => ackOf(name, this.of(name).state);
}

/** What can happen to a call that a page makes: it is answered, its answer is lost, it never arrives, it is refused. */
type Fate = "answered" | "answered early" | "unanswered" | "lost" | "refused";

/** One device: a page, what it keeps in storage, and a second tab that has taken over the same. */
class Device {
  readonly server = new Server();
  /** Every event, and the number it was given. */
  readonly created: { stream: string; number: number; event: string }[] = [];
  /** Numbers that a crash took with it before they were on the device. */
  readonly crashed = new Set<string>();
  #page = 0;
  #streams: Stream[] = [];
  #others: Stream[] = [];
  #device = new Map<string, string>();

  push(): void {
    const own = this.#own();
    const event = `event ${this.created.length}`;
    const json = JSON.stringify(event);
    add(own, json, json.length, 0);
    this.created.push({ stream: own.name, number: own.last, event });
  }

  send(fate: Fate, room: number): void {
    for (const tab of [this.#streams, this.#others]) for (const stream of tab) this.#call(stream, SENT, fate, room);
  }

  beacon(arrives: boolean, room: number): void {
    for (const stream of this.#streams) this.#call(stream, BEACONED, arrives ? "unanswered" : "lost", room);
  }

  /** The page was hidden, or is shown again: what left by beacon goes by a way that answers. */
  resume(): void {
    for (const stream of this.#streams) release(stream, BEACONED);
  }

  keep(): void {
    for (const stream of this.#streams) {
      if (stream.items[0]) this.#device.set(stream.name, JSON.stringify(stream));
      else this.#device.delete(stream.name);
    }
  }

  /** The page is gone; another one takes over what is on the device. */
  reload(isCrash: boolean): void {
    if (isCrash) this.#mourn();
    else this.keep();
    this.#page++;
    this.#streams = this.#adopted();
  }

  /** Without locks a second tab may believe that the first is gone, and send the same. */
  secondTab(): void {
    this.#others = this.#adopted();
  }

  drain(): void {
    this.resume();
    for (let i = 0; i < 200; i++) this.send("answered", BATCH_BYTES);
  }

  #own(): Stream {
    const name = `page-${this.#page}`;
    const known = this.#streams.find((stream) => stream.name === name);
    if (known) return known;
    const stream: Stream = { id: "s", key: "k", name, last: 0, items: [], gone: [] };
    this.#streams.unshift(stream);
    return stream;
  }

  #adopted(): Stream[] {
    const streams = [...this.#device.values()].map((text) => JSON.parse(text) as Stream);
    for (const stream of streams) for (const by of [SENT, BEACONED] as const) release(stream, by);
    return streams;
  }

  /** What a crash may take: all that came after the device was written last. */
  #mourn(): void {
    for (const { name, items } of this.#streams) {
      const kept = JSON.parse(this.#device.get(name) ?? '{"items":[]}') as Pick<Stream, "items">;
      const numbers = new Set(kept.items.map(({ number }) => number));
      for (const { number } of items) if (!numbers.has(number)) this.crashed.add(`${name}/${number}`);
    }
  }

  #call(stream: Stream, by: By, fate: Fate, room: number): void {
    const batch = take(stream, by, room);
    if (!batch) return;
    if (/answered/.test(fate)) this.server.receive(stream.name, batch);
    if (by === BEACONED) return;
    release(stream, SENT);
    if (fate === "answered") settleAll(stream, batch, this.server.ack(stream.name));
    // Before the rest of the tracker has come.
    if (fate === "answered early") settle(stream, batch);
    if (fate === "refused") drop(stream, batch);
  }
}

const room = fc.integer({ min: 8, max: 120 });
const fate = fc.constantFrom<Fate>("answered", "answered", "answered early", "unanswered", "lost");
const step: fc.Arbitrary<(device: Device) => void> = fc.oneof(
  { weight: 6, arbitrary: fc.constant((device: Device) => device.push()) },
  {
    weight: 4,
    arbitrary: fc.tuple(fate, room).map(
      ([what, bytes]) =>
        (device: Device) =>
          device.send(what, bytes),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.boolean(), room).map(
      ([ok, bytes]) =>
        (device: Device) =>
          device.beacon(ok, bytes),
    ),
  },
  fc.constant((device: Device) => device.resume()),
  fc.constant((device: Device) => device.keep()),
  fc.boolean().map((isCrash) => (device: Device) => device.reload(isCrash)),
  fc.constant((device: Device) => device.secondTab()),
);

test("whatever fails, crashes or is done twice: nothing is lost, and nothing is sent under another number", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const device = new Device();
      for (const act of steps) act(device);
      device.drain();
      for (const { stream, number, event } of device.created) {
        const { events } = device.server.of(stream);
        if (events.has(number)) expect(events.get(number)).toBe(event);
        else expect(device.crashed).toContain(`${stream}/${number}`);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("what the server refuses for good is named as gone, and the rest still arrives", () => {
  const refusing = fc.oneof(
    step,
    fc.constant((device: Device) => device.send("refused", 40)),
  );
  fc.assert(
    fc.property(fc.array(refusing, { maxLength: 60 }), (steps) => {
      const device = new Device();
      for (const act of steps) act(device);
      // A last event, so that there is a batch to name the lost numbers on.
      device.push();
      device.drain();
      for (const { stream, number } of device.created) {
        const { events, gone, state } = device.server.of(stream);
        const isBeyond = number > state.through;
        const isKnown = events.has(number) || gone.has(number) || device.crashed.has(`${stream}/${number}`);
        expect(isKnown || isBeyond, `${stream}/${number}`).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
});
