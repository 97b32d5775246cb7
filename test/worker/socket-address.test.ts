import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { type Device, newDevice } from "../support/device";
import { erase } from "../support/person";
import { identified, liveOf, PAGE, stubOf } from "../support/visit";
import { BATCH, batchOf, type Client, clicks, flushed, frameOf, newId, taken, trackSocket } from "./helpers";

/** What the runtime keeps with a page's open socket, and that no address is in it once its session names nobody. */

const headersOf = ({ ip }: Device) => ({ "CF-Connecting-IP": ip });
const kept = (id: string): Promise<string> =>
  runInDurableObject(stubOf(id), (_, state) =>
    JSON.stringify(state.getWebSockets("track").map((socket) => socket.deserializeAttachment())),
  );

/** A session with consent, by its socket. */
async function visit(device: Device, who: object): Promise<{ id: string; page: Client }> {
  const id = newId();
  const page = await trackSocket(id, headersOf(device));
  const start = { page: PAGE, consent: "granted", ...who };
  expect(await page.call(frameOf({ start, events: clicks(1) }))).toMatchObject({ t: "ack", accepted: 1 });
  expect(await kept(id)).toContain(device.network);
  return { id, page };
}

const denied = { page: PAGE, consent: "denied" };

describe("an open socket keeps no address", () => {
  it.each<[string, (id: string, page: Client) => Promise<unknown>]>([
    ["by its own frame", (_, page) => page.call(frameOf({ first: 2, start: denied }))],
    ["by another call", (id) => taken(batchOf(id, { first: 2, start: denied }), BATCH)],
  ])("once its session has withdrawn %s, and goes on", async (_, withdraw) => {
    const device = await newDevice();
    const { id, page } = await visit(device, {});
    await withdraw(id, page);
    expect(await kept(id)).not.toContain(device.network);
    expect(await page.call(frameOf({ first: 3, start: undefined }))).toMatchObject({ t: "ack", ack: { through: 3 } });
    expect(await page.call(frameOf({ first: 4, events: [{ event_type: 7 }] }))).toMatchObject({ t: "error" });
    expect(await kept(id)).not.toContain(device.network);
    page.socket.close();
  });

  it("nor does one that is opened after that", async () => {
    const device = await newDevice();
    const { id, page } = await visit(device, {});
    await page.call(frameOf({ first: 2, start: denied }));
    const next = await trackSocket(id, headersOf(device));
    expect(await next.call(frameOf({ first: 3, start: undefined }))).toMatchObject({ t: "ack" });
    expect(await kept(id)).not.toContain(device.network);
    for (const { socket } of [page, next]) socket.close();
  });

  it("once its session only claimed to be somebody who is erased", async () => {
    const [victim, attacker] = [await newDevice(), await newDevice()];
    const { id, page } = await visit(attacker, { visitor_id: victim.visitor });
    await identified(id);
    await flushed(id);
    await erase(victim.visitor);
    expect(await kept(id)).not.toContain(attacker.network);
    page.socket.close();
  });

  it("and is closed where its actor does not know it any more, so that the page says it anew", async () => {
    const device = await newDevice();
    const { id, page } = await visit(device, {});
    await identified(id);
    await page.call(frameOf({ first: 2, start: denied }));
    await flushed(id);
    await evictDurableObject(stubOf(id));
    page.send(frameOf({ first: 3, start: undefined }));
    expect(await page.closed).toEqual({ code: 1012, reason: "address_unknown" });
    const next = await trackSocket(id, headersOf(device));
    const granted = { page: PAGE, consent: "granted" };
    expect(await next.call(frameOf({ first: 3, start: granted }))).toMatchObject({ t: "ack", ack: { through: 3 } });
    expect(await liveOf(id)).toMatchObject({ ip: device.network });
    next.socket.close();
  });
});
