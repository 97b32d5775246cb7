import { describe, expect, it } from "vitest";
import { ask, KEY, PAGE, post } from "../support/visit";
import { BATCH, batchOf, frameOf, newId, problemOf, SINGLE, trackSocket } from "./helpers";

const settings = (site: string, body: object): Promise<Response> =>
  ask(`/analytics/sites/${site}`, { method: "PUT", headers: KEY, body: JSON.stringify(body) });

const scrolled = (percent: number) => [
  { event_type: "scroll", page: PAGE, scroll_percent: percent },
  ...Array.from({ length: 3 }, () => ({ event_type: "click", page: PAGE })),
];

const OTHERS = /"(bot|vpn|risk|label|ledger|scores)"/;

describe("a page", () => {
  it("is told its engagement in every ack, and no other score, where the site exposes it", async () => {
    expect((await settings("open", { allowed_origins: ["*"], expose: ["engagement"] })).status).toBe(200);
    const id = newId();
    const first = await (await post(BATCH, batchOf(id, { site: "open", events: scrolled(50) }))).text();
    expect(JSON.parse(first)).toMatchObject({ accepted: 4, engagement: { score: 21, band: "warm" } });
    const one = { session_id: id, site: "open", stream: "s1", first: 5, event_type: "scroll", scroll_percent: 100 };
    const second = await (await post(SINGLE, one)).text();
    expect(JSON.parse(second)).toMatchObject({ engagement: { score: 36, band: "warm" } });
    const socket = await trackSocket(newId(), {}, "&site=open");
    socket.send(frameOf({ events: scrolled(100) }));
    const frame = await socket.text();
    expect(JSON.parse(frame)).toMatchObject({ t: "ack", accepted: 4, engagement: { score: 36, band: "warm" } });
    for (const text of [first, second, frame]) expect(text).not.toMatch(OTHERS);
  });

  it("is told nothing of its scores anywhere else", async () => {
    expect((await settings("shut", { allowed_origins: ["*"] })).status).toBe(200);
    const batch = await (await post(BATCH, batchOf(newId(), { site: "shut", events: scrolled(50) }))).text();
    const socket = await trackSocket(newId(), {}, "&site=shut");
    socket.send(frameOf({ events: scrolled(100) }));
    for (const text of [batch, await socket.text()]) {
      expect(text).not.toContain("engagement");
      expect(text).not.toMatch(OTHERS);
    }
  });

  it.each([["bot"], ["vpn"], ["risk"], ["label"]])("can never be let know of %s", async (score) => {
    await problemOf(await settings("open", { expose: ["engagement", score] }), "invalid_body");
    await problemOf(await settings("open", { expose: [score] }), "invalid_body");
  });
});
