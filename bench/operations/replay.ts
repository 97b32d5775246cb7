// `npm run bench:replay`: how soon the replay of a long session begins, and that it is whole.

import { atMost, exactly } from "../../scripts/lib/target.ts";
import { until } from "../../test/local/until.ts";
import { buildSubject } from "../lib/build.ts";
import { start } from "../lib/server.ts";
import { quantile } from "../lib/stats.ts";
import { answer } from "./answer.ts";
import { open, PAGE, read, sendBatch } from "./sessions.ts";

const HELP = `npm run bench:replay [-- --events 10000] [-- --json]

Sends one session's events to the built Worker, as a page does, waits until most of them are in R2 and the last are not,
and asks for its replay 30 times, one after the other.
  --events  of the session (default 10,000)
  --json    prints one JSON object, { targets: [{ name, value, unit, goal, holds }], … }, and nothing else
  --help    this text`;

const BATCH = 100;
/** Events that are still in the actor's journal when the replay is asked for. */
const UNFLUSHED = 50;
const RUNS = 30;

await answer(HELP, { name: "events", value: 10_000 }, async (events, say) => {
  say("building");
  const bindings = { RATE_LIMIT: "off", LOG_LEVEL: "error" };
  const { port, objects } = await start("replay", { dist: buildSubject(), objects: "project", bindings });
  const session_id = crypto.randomUUID();
  const send = (first: number, count: number) =>
    sendBatch(port, {
      session_id,
      stream: "s1",
      first,
      start: { page: PAGE },
      events: Array.from({ length: count }, (_, i) => ({ event_type: "click", page: PAGE, x: first + i, y: i })),
    });
  const flushed = Math.max(0, events - UNFLUSHED);
  for (let first = 1; first <= flushed; first += BATCH) await send(first, Math.min(BATCH, flushed - first + 1));
  const depth = async () => {
    const { actor } = await read<{ actor: { journal_depth: number } }>(port, `/analytics/sessions/${session_id}/live`);
    return actor.journal_depth;
  };
  await until(async () => (await depth()) === 0, "the journal to be written out", 120_000);
  await send(flushed + 1, events - flushed);
  say(`${events} events sent, ${(await objects())["events"]} event objects in R2`);

  const firsts = [];
  const wholes = [];
  let wrong = 0;
  for (let run = 0; run < RUNS; run++) {
    const began = performance.now();
    const response = await open(port, `/analytics/sessions/${session_id}/replay`);
    if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
    const parts = [];
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (parts.length === 0) firsts.push(performance.now() - began);
      parts.push(part.value);
    }
    wholes.push(performance.now() - began);
    const { data } = JSON.parse(Buffer.concat(parts).toString("utf8"));
    const numbers = data.filter(({ kind }: { kind: string }) => kind === "event");
    const isWhole =
      numbers.length === events && numbers.every(({ number }: { number: number }, i: number) => number === i + 1);
    if (!isWhole) wrong += 1;
  }
  const ms = (values: number[], share: number) => Math.round(quantile(values, share) * 10) / 10;
  const targets = [
    atMost("first byte, p95", ms(firsts, 0.95), "ms", 100),
    exactly("replays that lack an event, or have one twice or out of order", wrong, "", 0),
  ];
  return {
    targets,
    events,
    runs: RUNS,
    first_byte_ms: { p50: ms(firsts, 0.5), max: ms(firsts, 1) },
    whole_ms: { p50: ms(wholes, 0.5), max: ms(wholes, 1) },
  };
});
