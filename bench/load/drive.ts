// Plays sessions against a server: closed loop (as fast as it answers) and constant rate.
import { batch, newSession, pathOf } from "./session.ts";
import { openHttp, openSocket, type Wire } from "./wire.ts";

export interface Shape {
  transport: "http" | "ws";
  /** Events a batch or frame. */
  size: number;
  /** Events a session. */
  length: number;
}

export interface Driven {
  events: number;
  sessions: number;
  /** Time from the first request to the last ack. */
  seconds: number;
  /** Latency of each batch, ms. */
  latencies: number[];
  /** Connections that the server ended before a reply; their batch was sent again. */
  dropped: number;
}

/** Visitors at the same time. */
export const LANES = 32;

export async function closedLoop(port: number, shape: Shape, sessions: number, lanes: number = LANES): Promise<Driven> {
  const latencies: number[] = [];
  let left = sessions;
  let dropped = 0;
  const began = performance.now();
  const lane = async () => {
    const http = shape.transport === "http" ? await openHttp(port, pathOf) : null;
    while (left > 0) {
      left -= 1;
      await playSession(port, http, shape, latencies);
    }
    dropped += http?.dropped() ?? 0;
    http?.close();
  };
  await Promise.all(Array.from({ length: Math.min(lanes, sessions) }, lane));
  const seconds = (performance.now() - began) / 1_000;
  return { events: sessions * shape.length, sessions, seconds, latencies, dropped };
}

async function playSession(port: number, http: Wire | null, { size, length }: Shape, latencies: number[]) {
  const session = newSession();
  const wire = http ?? (await openSocket(port, `/track/socket?session_id=${session.id}`));
  for (let position = 0; position < length; position += size) {
    const count = Math.min(size, length - position);
    const body = batch(session, { position, count, total: length });
    const sent = performance.now();
    const reply = await wire.send(http ? `{${body}}` : `{"t":"events","id":${position},${body}}`);
    latencies.push(performance.now() - sent);
    checkAck(reply, count);
  }
  if (!http) wire.close();
}

/** Throws unless each event of a batch was accepted, now or when the batch was sent before. */
function checkAck(reply: string, count: number) {
  if (reply.includes(`"accepted":${count},`)) return;
  const { accepted = 0, duplicates = 0 } = JSON.parse(reply) as { accepted?: number; duplicates?: number };
  if (accepted + duplicates !== count) throw new Error(`not acked: ${reply.slice(0, 300)}`);
}

/**
 * Sends a batch every `size / rate` seconds, whether or not the last one was answered; each session sends one a second. A
 * latency counts from when the batch was due, so that a server that stalls pays for all that waited.
 * @param rate Events a second.
 */
export async function constantRate(
  port: number,
  { size, length }: Shape,
  rate: number,
  seconds: number,
): Promise<Driven> {
  const perSecond = rate / size;
  const idle: Wire[] = await Promise.all(Array.from({ length: 16 }, () => openHttp(port, pathOf)));
  // The first session of each slot is shorter, so that sessions have all ages from the start on.
  const active = Array.from({ length: perSecond }, (_, i) => ({
    session: newSession(),
    acked: false,
    position: 0,
    length: size * (1 + (i % (length / size))),
  }));
  const latencies: number[] = [];
  const underWay: Promise<void>[] = [];
  let sessions = 0;
  let dropped = 0;
  const began = performance.now() + 20;
  const send = async (due: number, body: string) => {
    while (idle.length > 0 && !idle.at(-1)?.isOpen()) idle.pop()?.close();
    const wire = idle.pop() ?? (await openHttp(port, pathOf));
    const before = wire.dropped();
    checkAck(await wire.send(body), size);
    dropped += wire.dropped() - before;
    latencies.push(performance.now() - due);
    idle.push(wire);
  };
  for (let i = 0; i < perSecond * seconds; i++) {
    const due = began + (i * 1_000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0.5) await new Promise((done) => setTimeout(done, wait));
    const slot = active[i % active.length];
    if (!slot) continue;
    if (slot.position === 0) sessions += 1;
    const { session } = slot;
    const sent = send(
      due,
      `{${batch(session, { position: slot.position, count: size, total: slot.length, acked: slot.acked })}}`,
    );
    underWay.push(
      sent.then(() => {
        if (slot.session === session) slot.acked = true;
      }),
    );
    slot.position += size;
    if (slot.position >= slot.length) Object.assign(slot, { session: newSession(), acked: false, position: 0, length });
  }
  await Promise.all(underWay);
  const events = latencies.length * size;
  const took = (performance.now() - began) / 1_000;
  const measured = latencies.splice(0);
  // End the open sessions, or the next round pays for them.
  const open = active.filter(({ position }) => position > 0);
  await Promise.all(
    open.map(({ session, position }) =>
      send(0, `{${batch(session, { position, count: size, total: position + size })}}`),
    ),
  );
  for (const wire of idle) wire.close();
  return { events, sessions, seconds: took, latencies: measured, dropped };
}
