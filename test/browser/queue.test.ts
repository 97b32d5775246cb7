import { describe, expect, test } from "vitest";
import { bound, miss } from "../../src/web/tracker/lazy/acts/lost";
import { settleAll as settle } from "../../src/web/tracker/lazy/acts/settle";
import { BATCH_BYTES, BATCH_EVENTS, EVENT_BYTES, KEEP_MS, QUEUE_BYTES } from "../../src/web/tracker/limits";
import {
  add,
  type Batch,
  BEACONED,
  type By,
  drop,
  release,
  SENT,
  type Stream,
  settle as settleBatch,
  take,
} from "../../src/web/tracker/queue";

const T = 1_795_000_000_000;

const emptyStream = (): Stream => ({ id: "s", key: "k", name: "n", last: 0, items: [], gone: [] });

const push = (stream: Stream, json: string, at = T): void => {
  add(stream, json, Buffer.byteLength(json), at);
  bound(stream, at);
};

const streamOf = (count: number): Stream => {
  const stream = emptyStream();
  for (let number = 1; number <= count; number++) push(stream, `"${number}"`);
  return stream;
};

const taken = (queue: Stream, by: By = SENT, room = BATCH_BYTES): Batch => {
  const batch = take(queue, by, room);
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
    expect(taken(streamOf(3))).toEqual({ first: 1, last: 3, json: '"1","2","3"', gone: [] });
  });

  test("has nothing to take while all of it is in flight", () => {
    const queue = streamOf(3);
    take(queue, SENT, BATCH_BYTES);
    expect(take(queue, SENT, BATCH_BYTES)).toBeUndefined();
    expect(queue.items.length).toBe(3);
  });

  test("keeps events until an ack settles their numbers", () => {
    const queue = streamOf(3);
    settle(queue, taken(queue), { through: 3, missing: [] });
    expect(queue.items.length).toBe(0);
    push(queue, '"4"');
    expect(taken(queue)).toMatchObject({ first: 4, json: '"4"' });
  });

  test("sends a batch without an answer again, under the same numbers", () => {
    const queue = streamOf(2);
    const batch = taken(queue);
    push(queue, '"3"');
    release(queue, SENT);
    expect(batch.json).toBe('"1","2"');
    expect(taken(queue)).toMatchObject({ first: 1, json: '"1","2","3"' });
  });

  test("lets a beacon take what waits for an answer too, but nothing twice", () => {
    const queue = streamOf(2);
    take(queue, SENT, BATCH_BYTES);
    push(queue, '"3"');
    expect(taken(queue, BEACONED)).toMatchObject({ first: 1, last: 3 });
    expect(take(queue, BEACONED, BATCH_BYTES)).toBeUndefined();
  });

  test("does not take a beacon for an ack", () => {
    const queue = streamOf(2);
    take(queue, BEACONED, BATCH_BYTES);
    release(queue, SENT);
    expect(take(queue, SENT, BATCH_BYTES)).toBeUndefined();
    release(queue, BEACONED);
    expect(taken(queue)).toMatchObject({ first: 1, last: 2 });
  });

  test("resends what an ack calls missing, and nothing else", () => {
    const queue = streamOf(3);
    take(queue, BEACONED, BATCH_BYTES);
    push(queue, '"4"');
    const batch = taken(queue);
    expect(batch.first).toBe(4);
    settle(queue, batch, ackOf(1, 3, 4));
    release(queue, BEACONED);
    expect(taken(queue)).toMatchObject({ first: 2, last: 2, json: '"2"' });
  });

  test("leaves a missing number alone while it is in flight", () => {
    const queue = streamOf(3);
    take(queue, BEACONED, BATCH_BYTES);
    push(queue, '"4"');
    settle(queue, taken(queue), ackOf(4));
    expect(queue.items.length).toBe(3);
    expect(take(queue, SENT, BATCH_BYTES)).toBeUndefined();
  });

  test("believes a list of missing ranges that is cut short only as far as it goes", () => {
    const queue = streamOf(41);
    take(queue, BEACONED, BATCH_BYTES);
    push(queue, '"42"');
    const odd = Array.from({ length: 16 }, (_, i): [number, number] => [2 * i + 1, 2 * i + 1]);
    settle(queue, taken(queue), { through: 42, missing: odd });
    // 1, 3 … 31 are missing; 32 to 41 are not known to have arrived; 42 was in the batch itself.
    expect(queue.items.length).toBe(16 + 10);
  });

  test("does not join numbers across a hole into one run", () => {
    const queue = streamOf(5);
    const batch = taken(queue);
    settle(queue, { ...batch, first: 3, last: 3 }, { through: 3, missing: [[1, 2]] });
    release(queue, SENT);
    expect(taken(queue)).toMatchObject({ first: 1, last: 2 });
    expect(taken(queue)).toMatchObject({ first: 4, last: 5 });
  });

  test("keeps batches to 100 events", () => {
    const queue = streamOf(BATCH_EVENTS + 1);
    expect(taken(queue)).toMatchObject({ first: 1, last: BATCH_EVENTS });
    expect(taken(queue)).toMatchObject({ first: BATCH_EVENTS + 1, last: BATCH_EVENTS + 1 });
  });

  test("keeps batches below a beacon's size, counted in bytes and not in characters", () => {
    const queue = emptyStream();
    const event = `"${"é".repeat(5_000)}"`;
    for (let i = 0; i < 10; i++) push(queue, event);
    const batch = taken(queue);
    expect(batch.last).toBe(4);
    expect(Buffer.byteLength(batch.json)).toBeLessThanOrEqual(BATCH_BYTES);
  });

  test("drops the oldest event when it is full, and names its number", () => {
    const queue = emptyStream();
    const event = `"${"x".repeat(19_998)}"`;
    for (let i = 0; i < QUEUE_BYTES / 20_000 + 2; i++) push(queue, event);
    expect(taken(queue)).toMatchObject({ first: 3, gone: [[1, 2]] });
  });

  test("drops mouse paths before anything else when it is full", () => {
    const queue = emptyStream();
    const padding = "x".repeat(19_900);
    push(queue, `{"event_type":"click","data":"${padding}"}`);
    for (let i = 0; i < QUEUE_BYTES / 20_000; i++) push(queue, `{"event_type":"mousemove","data":"${padding}"}`);
    push(queue, `{"event_type":"click","data":"${padding}"}`);
    expect(queue.gone).toEqual([[2, 3]]);
    expect(queue.items[0]?.number).toBe(1);
  });

  test("drops what is older than 20 hours, and names it", () => {
    const queue = emptyStream();
    push(queue, '"1"', T);
    push(queue, '"2"', T + KEEP_MS);
    bound(queue, T + KEEP_MS + 1);
    expect(taken(queue)).toMatchObject({ first: 2, last: 2, gone: [[1, 1]] });
  });

  test("takes less where there is less room, and gives one batch back without the others", () => {
    const queue = emptyStream();
    for (let i = 0; i < 4; i++) push(queue, `"${"x".repeat(998)}"`);
    expect(taken(queue, BEACONED, 2_100)).toMatchObject({ first: 1, last: 2 });
    const refused = taken(queue, BEACONED, 2_100);
    expect(refused).toMatchObject({ first: 3, last: 4 });
    release(queue, BEACONED, refused);
    expect(taken(queue, BEACONED, 1_050)).toMatchObject({ first: 3, last: 3 });
    expect(taken(queue, BEACONED, 1_050)).toMatchObject({ first: 4, last: 4 });
  });

  test("counts an event that is too large, and names its number as gone", () => {
    const queue = streamOf(1);
    push(queue, `"${"x".repeat(EVENT_BYTES)}"`);
    push(queue, '"3"');
    expect(taken(queue)).toMatchObject({ first: 1, last: 1, gone: [[2, 2]] });
    expect(taken(queue)).toMatchObject({ first: 3, last: 3 });
  });

  test("forgets only the batch itself while the rest of the tracker is not there, and what is sent again counts once", () => {
    const queue = streamOf(3);
    taken(queue, SENT, 8);
    release(queue, SENT);
    const again = taken(queue, SENT, 4);
    settleBatch(queue, again);
    expect(taken(queue)).toMatchObject({ first: 2, last: 3 });
  });

  test("counts what was lost before a move under numbers of the next session", () => {
    const queue = streamOf(1);
    miss(queue, 3);
    push(queue, '"5"');
    expect(taken(queue)).toMatchObject({ first: 1, last: 1, gone: [[2, 4]] });
    expect(taken(queue)).toMatchObject({ first: 5, last: 5 });
  });

  test("names a refused batch as gone until an ack says that it was heard", () => {
    const queue = streamOf(2);
    drop(queue, taken(queue));
    push(queue, '"3"');
    const lost = taken(queue);
    expect(lost).toMatchObject({ first: 3, gone: [[1, 2]] });
    release(queue, SENT);
    const next = taken(queue);
    expect(next.gone).toEqual([[1, 2]]);
    settle(queue, next, { through: 3, missing: [] });
    push(queue, '"4"');
    expect(taken(queue).gone).toEqual([]);
  });
});
