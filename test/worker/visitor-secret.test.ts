import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { newDevice, tracesOf } from "../support/device";
import { newSite } from "../support/leads";
import { identified, liveOf, PAGE, post } from "../support/visit";
import { BATCH, batchOf, clicks, flushed, frameOf, newId, SINGLE, START, trackSocket } from "./helpers";

/** What a visitor's id is made of is the device's alone. */

afterEach(() => {
  vi.restoreAllMocks();
});

it("a visitor's secret is in no store, no log and no answer, by whatever way it came", async () => {
  const written: string[] = [];
  for (const level of ["debug", "log", "info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((...line: unknown[]) => void written.push(JSON.stringify(line)));
  }
  const site = await newSite([]);
  const { secret, visitor, fingerprint } = await newDevice();
  const start = { page: PAGE, site, visitor_secret: secret, fingerprint_id: fingerprint };
  const answers: string[] = [];
  const send = async (path: string, body: object): Promise<void> => {
    const response = await post(path, body);
    answers.push(await response.text());
    expect(response.status, answers.at(-1)).toBe(200);
  };
  const ids = Array.from({ length: 4 }, newId);
  const [started = "", batched = "", single = "", framed = ""] = ids;
  await send(START, { session_id: started, ...start });
  expect(JSON.parse(answers[0] ?? "")).toMatchObject({ visitor_id: visitor });
  await send(BATCH, batchOf(started, { site, start: null, events: clicks(1) }));
  await send(BATCH, batchOf(batched, { site, start, events: clicks(2) }));
  await send(SINGLE, { session_id: single, site, start, event_type: "click" });
  const client = await trackSocket(framed, {}, `&site=${site}`);
  await client.call(frameOf({ start }));
  // One that is refused is told why, and not what it said.
  const refused = await post(START, { ...start, visitor_secret: `${secret} ` });
  expect(refused.status).toBe(400);
  answers.push(await refused.text(), ...client.received);
  const sent = await post("/lead", { site, session_id: batched, visitor_id: visitor, email: "a@mail.example" });
  expect(sent.status, await sent.text()).toBe(202);

  for (const id of ids) {
    expect(await liveOf(id), id).toMatchObject({ visitor_id: visitor, unproven: false });
    await identified(id);
    expect(await tracesOf(id, "", [secret])).toEqual([]);
    await flushed(id);
    expect(await tracesOf(id, "", [secret])).toEqual([]);
    answers.push(JSON.stringify(await liveOf(id)));
  }
  const attached = await runInDurableObject(env.SESSION.getByName(framed), (_, state) =>
    JSON.stringify(state.getWebSockets().map((socket) => socket.deserializeAttachment())),
  );
  expect(attached).toContain(framed);
  expect(attached).not.toContain(secret);
  for (const id of await listDurableObjectIds(env.LEAD)) {
    const rows = await runInDurableObject(env.LEAD.get(id), (_, { storage }) =>
      JSON.stringify([...storage.sql.exec("SELECT * FROM lead"), ...storage.sql.exec("SELECT * FROM messages")]),
    );
    expect(rows).not.toContain(secret);
  }
  expect(answers.join("\n")).not.toContain(secret);
  expect(written.join("\n")).not.toContain(secret);
});
