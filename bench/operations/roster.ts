// `npm run bench:roster`: who is on the site now, exactly, with many visitors at once; how soon a change is seen.

import { atMost, exactly } from "../../scripts/lib/target.ts";
import { until } from "../../test/local/until.ts";
import { buildSubject, flushingLate } from "../lib/build.ts";
import { start } from "../lib/server.ts";
import { answer } from "./answer.ts";
import { follow, inLanes, PAGE, read, sendBatch } from "./sessions.ts";

const HELP = `npm run bench:roster [-- --visitors 10000] [-- --json]

Lets visitors come to the built Worker, each with a session of their own, and compares /analytics/realtime with who is
there: when all have come, and after the server was killed (kill -9) and started again. Then it measures how long a
coming, a leaving and an event take to be seen on the streams, and how long somebody who falls silent is shown. Sessions
are written to D1 and R2 later than they would be: two cores cannot write so many within the minute that all must be there.
  --visitors  how many (default 3,000; the suite "worker" lets 10,000 report to the shards)
  --json      prints one JSON object, { targets: [{ name, value, unit, goal, holds }], … }, and nothing else
  --help      this text`;

const LANES = 64;
const ROUNDS = 5;
const SITE = "default";
/** How long a silent visitor is shown at most. */
const SHOWN_MS = 60_000;

await answer(HELP, { name: "visitors", value: 3_000 }, async (visitors, say) => {
  say("building");
  const bindings = { RATE_LIMIT: "off", LOG_LEVEL: "error" };
  const options = { dist: flushingLate(buildSubject()), objects: "project" as const, bindings };
  let server = await start("roster", options);
  const realtime = () => read<{ visitors: number }>(server.port, `/analytics/realtime?site=${SITE}&bots=include`);
  const visit = (session_id: string, first: number, more: object = {}) =>
    sendBatch(server.port, {
      session_id,
      stream: "s1",
      first,
      start: { page: PAGE },
      events: [{ event_type: "page_view", page: PAGE }],
      ...more,
    });
  const ids = Array.from({ length: visitors }, () => crypto.randomUUID());
  /** When each was last heard of, epoch ms. */
  const heard: number[] = [];
  const came = performance.now();
  // The first visitor must still be shown when the last one comes.
  await inLanes(visitors, LANES, async (i) => {
    await visit(ids[i] ?? "", 1);
    heard[i] = Date.now();
    if (i % 2_000 === 0) say(`${i} of ${visitors} have come`);
  });
  const seconds = (performance.now() - came) / 1_000;
  const oldest = () => Date.now() - Math.min(...heard);
  if (oldest() > 50_000)
    throw new Error(
      `${visitors} visitors took ${Math.round(seconds)} s to come: too long for who came first to be shown still`,
    );
  const settled = async () => {
    let last = -1;
    await until(
      async () => {
        const { visitors: now } = await realtime();
        const isSame = now === last;
        last = now;
        return isSame;
      },
      "the count to stand still",
      120_000,
    );
    return last;
  };
  const counted = await settled();
  const countedAfter = oldest();
  await server.kill();
  server = await start("roster", { ...options, state: server.state });
  const again = (await realtime()).visitors;
  const gone = heard.filter((at) => Date.now() - at > 55_000).length;
  say(`${counted} there; ${again} after a kill and a restart, ${gone} of them expired by then`);

  const comes: number[] = [];
  const leaves: number[] = [];
  const acts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const id = crypto.randomUUID();
    const seen = new Map<string, number>();
    const close = await follow(server.port, `/analytics/realtime/stream?site=${SITE}&bots=include`, ({ data }, at) => {
      for (const { session_id } of data.changed ?? []) seen.set(`came ${session_id}`, at);
      for (const session_id of data.left ?? []) seen.set(`left ${session_id}`, at);
    });
    const began = performance.now();
    await visit(id, 1);
    await until(() => seen.has(`came ${id}`), "the coming to be seen");
    comes.push((seen.get(`came ${id}`) ?? 0) - began);
    const events: number[] = [];
    const closeOne = await follow(server.port, `/analytics/sessions/${id}/stream`, ({ t }, at) => {
      if (t === "update") events.push(at);
    });
    events.length = 0;
    const acted = performance.now();
    await visit(id, 2);
    await until(() => events.length > 0, "the event to be seen");
    acts.push((events[0] ?? 0) - acted);
    const ended = performance.now();
    await visit(id, 3, { end: {} });
    await until(() => seen.has(`left ${id}`), "the leaving to be seen");
    leaves.push((seen.get(`left ${id}`) ?? 0) - ended);
    closeOne();
    close();
    say(
      `round ${round + 1} of ${ROUNDS}: seen after ${Math.round(comes.at(-1) ?? 0)}, ${Math.round(acts.at(-1) ?? 0)} and ${Math.round(leaves.at(-1) ?? 0)} ms`,
    );
  }
  const silent = crypto.randomUUID();
  await visit(silent, 1);
  const last = Date.now();
  const isShown = async () => (await realtime()).visitors > 0;
  say("waiting for everybody to fall silent");
  await until(async () => !(await isShown()), "everybody to be gone", 2 * SHOWN_MS);
  const shown = Date.now() - last;

  const worst = (values: number[]) => Math.round(Math.max(...values));
  const targets = [
    exactly("visitors counted", counted, "", visitors),
    exactly("visitors counted after a kill and a restart, and those expired by then", again + gone, "", visitors),
    atMost("a coming is seen on the site's stream", worst(comes), "ms", 5_000),
    atMost("a leaving is seen on the site's stream", worst(leaves), "ms", 5_000),
    atMost("an event is seen on the session's own stream", worst(acts), "ms", 1_000),
    atMost("somebody who falls silent is shown", shown, "ms", SHOWN_MS),
  ];
  return { targets, visitors, come_seconds: seconds, oldest_ms_when_counted: countedAfter, rounds: ROUNDS };
});
