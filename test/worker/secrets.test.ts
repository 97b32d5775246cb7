import { describe, expect, it } from "vitest";
import { ask, KEY, liveOf } from "../support/visit";
import { flushed, newId, taken } from "./helpers";

/** What a server sends is cleaned before it is stored: the page's own tracker has no part in it. */

const HEX = "9f86d081884c7d659a2feaa0c55ad015";
const SECRETS = /jane|hunter|4111|abc123|9f86d081/;

async function newSite(settings: object): Promise<string> {
  const site = `s${newId()}`;
  const response = await ask(`/analytics/sites/${site}`, {
    method: "PUT",
    headers: { ...KEY, "Content-Type": "application/json" },
    body: JSON.stringify({ allowed_origins: ["*"], ...settings }),
  });
  expect(response.status, await response.text()).toBe(200);
  return site;
}

describe("a session that a server sends", () => {
  it("is stored without secrets, in the journal, D1 and R2, and its pages are one", async () => {
    const site = await newSite({});
    const session_id = newId();
    const page = `https://shop.example/reset/${HEX}?token=abc123&u=jane%40example.com`;
    const events = [
      { event_type: "page_view", page },
      { event_type: "page_view", page: `https://shop.example/reset/${HEX.replace("9", "8")}` },
      { event_type: "click", page, element: `button#jane@example.com` },
      { event_type: "error", page, data: { message: "Invalid value hunter2, card 4111 1111 1111 1111" } },
      { event_type: "shop.note", page, data: { title: "Hello jane@example.com", list: [HEX] } },
    ];
    const start = { page, referrer: page };
    await taken({ session_id, site, stream: "s1", first: 1, start, events, end: { exit_page: page } });
    expect(JSON.stringify(await liveOf(session_id))).not.toMatch(SECRETS);
    await flushed(session_id);
    for (const path of ["", "/events", "/replay"]) {
      const answer = await ask(`/analytics/sessions/${session_id}${path}`, { headers: KEY });
      expect(answer.status).toBe(200);
      expect(await answer.text(), path).not.toMatch(SECRETS);
    }
    const pages = await ask(`/analytics/pages/top?site=${site}`, { headers: KEY });
    const { data } = await pages.json<{ data: { page: string; views: number }[] }>();
    expect(data.map(({ page, views }) => [page, views])).toEqual([["https://shop.example/reset/:secret", 2]]);
  });

  it("keeps what its site's settings allow", async () => {
    const site = await newSite({ allow: ["code", "ord_*"] });
    const session_id = newId();
    const page = `https://shop.example/orders/ord_${HEX}?code=SUMMER&pin=1`;
    const events = [{ event_type: "page_view", page }];
    await taken({ session_id, site, stream: "s1", first: 1, start: { page }, events });
    const live = await liveOf(session_id);
    expect(JSON.stringify(live)).toContain(`https://shop.example/orders/ord_${HEX}?code=SUMMER"`);
  });

  it("refuses settings that would let everything through", async () => {
    const response = await ask(`/analytics/sites/s${newId()}`, {
      method: "PUT",
      headers: { ...KEY, "Content-Type": "application/json" },
      body: JSON.stringify({ allow: ["*"] }),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("allow.0");
  });
});
