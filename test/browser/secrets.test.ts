import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { liveCount, storedEvents } from "./analytics";
import { sessionIdOf } from "./created";
import { describeVisits, started } from "./setting";

/** A page whose addresses, links, elements, errors and data are full of secrets sends none of them. */

const HEX = "9f86d081884c7d659a2feaa0c55ad015";
const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJoZWxlbiJ9.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const BODY = `
  <button id="user-${HEX}">Account</button><button id="jane@example.com" class="k-${HEX}">Mail</button>
  <p><a id="out" href="https://elsewhere.example/invite/${HEX}?u=jane%40example.com&amp;page=2" target="_blank">Out</a></p>
  <button id="named" data-pulse-event="note.read" data-pulse-title="For jane@example.com, 4111 1111 1111 1111">Read</button>`;
const SECRETS = /jane|hunter|4111|9f86d081|eyJ|abc123|1234567|%40/;

/** All that leaves the page, but what its own shop is asked for. */
function listenTo(page: Page, shop: string): string[] {
  const sent: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(shop)) sent.push(`${request.url()} ${request.postData() ?? ""}`);
  });
  page.on("websocket", (socket) => {
    sent.push(socket.url());
    socket.on("framesent", ({ payload }) => sent.push(String(payload)));
  });
  return sent;
}

describeVisits("secrets of a visitor", (setting) => {
  const visit = async (path: string) => {
    const shop = await setting.otherShop({ body: BODY });
    const page = await (await setting.visitor()).newPage();
    const sent = listenTo(page, shop.url);
    await page.goto(shop.url + path);
    await started(page);
    return { page, id: await sessionIdOf(page), sent };
  };

  test("stay on the page, wherever they stand", async () => {
    const { page, id, sent } = await visit(
      `/reset/${HEX};jsessionid=abc123?u=jane%40example.com&pin=1234567&author=x&next=%2Fa%3Ftoken%3Dabc123#/reset/${HEX}`,
    );
    await page.evaluate(
      ([hex, jwt]) => {
        history.pushState({}, "", `/verify/${jwt}?n=4111+1111+1111+1111&t=%2B49+170+1234567&page=2`);
        history.pushState({}, "", `/u/jane%2540example.com#access_token=${hex}`);
        document.addEventListener("click", (event) => event.preventDefault());
        window.PulseGate?.track("note.made", { mail: "jane@example.com", list: [hex], url: `/x?token=abc123` });
      },
      [HEX, JWT],
    );
    for (const button of [`[id="user-${HEX}"]`, '[id="jane@example.com"]', "#out", "#named"]) await page.click(button);
    await page.evaluate(() => {
      setTimeout(() => {
        throw new Error("Invalid value hunter2");
      });
      setTimeout(() => JSON.parse('{"user": jane hunter2}'));
      void Promise.reject(new TypeError("jane@example.com paid by 4111 1111 1111 1111"));
    });
    await liveCount(setting.server, id, "error", 3);
    await setting.depart(page, id);

    expect(sent.length).toBeGreaterThan(3);
    expect(sent.filter((text) => SECRETS.test(text))).toEqual([]);
    const events = await storedEvents(setting.server, id);
    expect(JSON.stringify(events)).not.toMatch(SECRETS);
    const pages = events.filter(({ event_type }) => event_type === "page_view").map((event) => event.page);
    expect(pages.map((address) => address?.replace(/^http:\/\/[^/]+/, ""))).toEqual([
      "/reset/:secret?u=:secret&author=x&next=/a#/reset/:secret",
      "/verify/:secret?n=:secret&t=:secret&page=2",
      "/u/:secret",
    ]);
    const said = (type: string) => events.filter(({ event_type }) => event_type === type).map(({ data }) => data);
    expect(said("outbound")).toEqual([{ href: "https://elsewhere.example/invite/:secret?u=:secret&page=2" }]);
    expect(said("note.read")).toEqual([{ title: "For :secret, :secret" }]);
    expect(said("note.made")).toEqual([{ mail: ":secret", list: [":secret"], url: "/x" }]);
    const messages = said("error").map((data) => data?.["message"]);
    expect(messages).toContain("Uncaught Error: Invalid value :secret");
    expect(messages).toContain("TypeError: :secret by :secret");
  });

  test("are what the tag says: what it allows leaves the page, and goes at the server while the site's settings do not", async () => {
    const shop = await setting.otherShop({ tag: 'data-allow="code, ord_*"' });
    const page = await (await setting.visitor()).newPage();
    const sent = listenTo(page, shop.url);
    await page.goto(`${shop.url}/orders/ord_${HEX}?code=SUMMER&pin=1234567`);
    await started(page);
    const id = await sessionIdOf(page);
    await setting.depart(page, id);
    expect(sent.join()).toContain(`/orders/ord_${HEX}?code=SUMMER"`);
    const [view] = await storedEvents(setting.server, id);
    expect(view?.page).toBe(`${shop.url}/orders/:secret`);
  });

  test("are known by whoever they name: traits are sent", async () => {
    const { page, id, sent } = await visit("/");
    await page.evaluate(() => window.PulseGate?.identify({ email: "jane@example.com" }));
    await liveCount(setting.server, id, "identify", 1);
    await setting.depart(page, id);
    expect(sent.some((text) => text.includes("jane@example.com"))).toBe(true);
    expect(JSON.stringify(await storedEvents(setting.server, id))).not.toContain("jane");
  });

  test("has left every event in D1 and in R2 exactly once", async () => {
    await setting.checkStores();
  });
});
