import { describe, expect, test } from "vitest";
import { BATCH_BYTES, BATCH_EVENTS, EVENT_BYTES, QUEUE_EVENTS } from "../../src/browser/limits";
import { type Batch, BEACONED, type By, newQueue, type Queue, SENT } from "../../src/browser/queue";

const queueOf = (count: number): Queue => {
  const queue = newQueue();
  for (let number = 1; number <= count; number++) queue.add(`"${number}"`);
  return queue;
};

const taken = (queue: Queue, by: By = SENT): Batch => {
  const batch = queue.take(by);
  if (!batch) throw new Error("nothing to take");
  return batch;
};

/** What the server makes of a run of batches: the ack of a stream that has seen exactly these numbers. */
const ackOf = (...numbers: number[]) => {
  const through = Math.max(...numbers);
  const missing: [number, number][] = [];
  for (let number = 1; number < through; number++) if (!numbers.includes(number)) missing.push([number, number]);
  return { through, missing };
};

describe("the queue", () => {
  test("numbers events from 1 and sends them as one run", () => {
    expect(taken(queueOf(3))).toEqual({ first: 1, last: 3, json: '"1","2","3"', gone: [] });
  });

  test("has nothing to take while all of it is in flight", () => {
    const queue = queueOf(3);
    queue.take(SENT);
    expect(queue.take(SENT)).toBeUndefined();
    expect(queue.size()).toBe(3);
  });

  test("keeps events until an ack settles their numbers", () => {
    const queue = queueOf(3);
    queue.settle(taken(queue), { through: 3, missing: [] });
    expect(queue.size()).toBe(0);
    queue.add('"4"');
    expect(taken(queue)).toMatchObject({ first: 4, json: '"4"' });
  });

  test("sends a batch without an answer again, under the same numbers", () => {
    const queue = queueOf(2);
    const batch = taken(queue);
    queue.add('"3"');
    queue.release(SENT);
    expect(batch.json).toBe('"1","2"');
    expect(taken(queue)).toMatchObject({ first: 1, json: '"1","2","3"' });
  });

  test("lets a beacon take what waits for an answer too, but nothing twice", () => {
    const queue = queueOf(2);
    queue.take(SENT);
    queue.add('"3"');
    expect(taken(queue, BEACONED)).toMatchObject({ first: 1, last: 3 });
    expect(queue.take(BEACONED)).toBeUndefined();
  });

  test("does not take a beacon for an ack", () => {
    const queue = queueOf(2);
    queue.take(BEACONED);
    queue.release(SENT);
    expect(queue.take(SENT)).toBeUndefined();
    queue.release(BEACONED);
    expect(taken(queue)).toMatchObject({ first: 1, last: 2 });
  });

  test("resends what an ack calls missing, and nothing else", () => {
    const queue = queueOf(3);
    queue.take(BEACONED);
    queue.add('"4"');
    const batch = taken(queue);
    expect(batch.first).toBe(4);
    queue.settle(batch, ackOf(1, 3, 4));
    queue.release(BEACONED);
    expect(taken(queue)).toMatchObject({ first: 2, last: 2, json: '"2"' });
  });

  test("leaves a missing number alone while it is in flight", () => {
    const queue = queueOf(3);
    queue.take(BEACONED);
    queue.add('"4"');
    queue.settle(taken(queue), ackOf(4));
    expect(queue.size()).toBe(3);
    expect(queue.take(SENT)).toBeUndefined();
  });

  test("believes a list of missing ranges that is cut short only as far as it goes", () => {
    const queue = queueOf(41);
    queue.take(BEACONED);
    queue.add('"42"');
    const odd = Array.from({ length: 16 }, (_, i): [number, number] => [2 * i + 1, 2 * i + 1]);
    queue.settle(taken(queue), { through: 42, missing: odd });
    // 1, 3 … 31 are missing; 32 to 41 are not known to have arrived; 42 was in the batch itself.
    expect(queue.size()).toBe(16 + 10);
  });

  test("does not join numbers across a hole into one run", () => {
    const queue = queueOf(5);
    const batch = taken(queue);
    queue.settle({ ...batch, first: 3, last: 3 }, { through: 3, missing: [[1, 2]] });
    queue.release(SENT);
    expect(taken(queue)).toMatchObject({ first: 1, last: 2 });
    expect(taken(queue)).toMatchObject({ first: 4, last: 5 });
  });

  test("keeps batches to 100 events", () => {
    const queue = queueOf(BATCH_EVENTS + 1);
    expect(taken(queue)).toMatchObject({ first: 1, last: BATCH_EVENTS });
    expect(taken(queue)).toMatchObject({ first: BATCH_EVENTS + 1, last: BATCH_EVENTS + 1 });
  });

  test("keeps batches below a beacon's size, counted in bytes and not in characters", () => {
    const queue = newQueue();
    const event = `"${"é".repeat(5_000)}"`;
    for (let i = 0; i < 10; i++) queue.add(event);
    const batch = taken(queue);
    expect(batch.last).toBe(4);
    expect(Buffer.byteLength(batch.json)).toBeLessThanOrEqual(BATCH_BYTES);
  });

  test("drops the oldest event when it is full, and names its number", () => {
    const queue = queueOf(QUEUE_EVENTS + 2);
    expect(queue.size()).toBe(QUEUE_EVENTS);
    expect(taken(queue)).toMatchObject({ first: 3, gone: [[1, 2]] });
  });

  test("counts an event that is too large, and names its number as gone", () => {
    const queue = queueOf(1);
    queue.add(`"${"x".repeat(EVENT_BYTES)}"`);
    queue.add('"3"');
    expect(taken(queue)).toMatchObject({ first: 1, last: 1, gone: [[2, 2]] });
    expect(taken(queue)).toMatchObject({ first: 3, last: 3 });
  });

  test("names a refused batch as gone until an ack says that it was heard", () => {
    const queue = queueOf(2);
    queue.drop(taken(queue));
    queue.add('"3"');
    const lost = taken(queue);
    expect(lost).toMatchObject({ first: 3, gone: [[1, 2]] });
    queue.release(SENT);
    const next = taken(queue);
    expect(next.gone).toEqual([[1, 2]]);
    queue.settle(next, { through: 3, missing: [] });
    queue.add('"4"');
    expect(taken(queue).gone).toEqual([]);
  });

  test("gives its events away in order, for a stream that begins at 1", () => {
    const queue = queueOf(3);
    queue.settle({ ...taken(queue), last: 1 }, ackOf(1));
    expect(queue.drain()).toEqual(['"2"', '"3"']);
    expect([queue.size(), queue.last()]).toEqual([0, 0]);
  });
});
