import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { liveCount, type StoredEvent, storedEvents, until } from "./analytics";
import { sessionIdOf } from "./created";
import { describeVisits } from "./setting";

const FORM = `
  <form id="signup" action="/thanks" method="get">
    <input name="first" id="first"> <textarea name="about"></textarea> <select name="size"><option>1<option>2</select>
    <input name="secret-word" type="password"> <button type="button" id="show">show</button>
    <input name="number" autocomplete="cc-number"> <input name="one-time" autocomplete="one-time-code">
    <input type="hidden" name="csrf" value="hidden-value">
    <div data-pulse-mask><input name="diagnosis"></div> <div data-pulse-ignore><input name="ignored"></div>
    <button id="send">Send</button>
  </form>
  <script>show.onclick = () => { document.querySelector("[name=secret-word]").type = "text"; };</script>`;

const SECRETS = /correct horse|battery|4929|918273|rare disease|out of sight|hidden-value|value-of-first/;

const said = (events: StoredEvent[]) =>
  events
    .filter(({ event_type }) => event_type.startsWith("form_"))
    .map(({ event_type, data }): [string, Record<string, unknown>] => [event_type, { ...data }]);

describeVisits("a form", (setting) => {
  /** Everything the browser has sent to the server, beacons too. */
  const wire: string[] = [];
  const visit = async (script: string, tag = ""): Promise<{ page: Page; id: string }> => {
    const shop = await setting.otherShop({ body: FORM, script, tag });
    const context = await setting.visitor();
    // What an earlier test's page says as it goes is not this one's.
    wire.length = 0;
    context.on("request", (request) => void wire.push(`${request.url()} ${request.postData() ?? ""}`));
    context.on("page", (opened) =>
      opened.on("websocket", (socket) => socket.on("framesent", ({ payload }) => void wire.push(String(payload)))),
    );
    const page = await setting.visit(shop.url, context);
    return { page, id: await sessionIdOf(page) };
  };
  const sent = (): string => wire.filter((text) => text.includes("/track/") || text.startsWith("{")).join("\n");
  /** Paths with their queries that the server was told in starts and events. */
  const addresses = (): string[] =>
    [...sent().matchAll(/"(?:page|referrer|exit_page|href)":"http:\/\/[^/]+([^"]*)"/g)].map(([, path = ""]) => path);
  const events = async (id: string) => (await storedEvents(setting.server, id)).sort((a, b) => a.number - b.number);

  test("tells which fields were filled in and how, and that it was submitted; a submit works as ever", async () => {
    const { page, id } = await visit("pulse.js");
    await page.click("#first");
    await page.keyboard.type("Jahne");
    for (let i = 0; i < 3; i++) await page.keyboard.press("Backspace");
    await page.keyboard.type("ne");
    await page.click("textarea");
    await page.evaluate(() => document.execCommand("insertText", false, "typed text"));
    await page.selectOption("select", "2");
    await page.click("#send");
    await page.waitForURL(/thanks\?first=Jane/);
    await setting.depart(page, id);

    const acts = said(await events(id));
    const form = "signup";
    expect(acts).toEqual([
      ["form_focus", { form, field: "first", type: "text" }],
      ["form_change", { form, field: "first", ms: expect.any(Number), corrections: 3 }],
      ["form_focus", { form, field: "about", type: "textarea" }],
      ["form_change", { form, field: "about", ms: expect.any(Number) }],
      ["form_focus", { form, field: "size", type: "select-one" }],
      ["form_change", { form, field: "size", ms: expect.any(Number) }],
      ["form_submit", { form, ms: expect.any(Number), fields: 3 }],
    ]);
  });

  test("says nothing of a password, also once it is shown, of a card, a code, what is masked or ignored", async () => {
    const { page, id } = await visit("pulse.js");
    await page.fill("[name=secret-word]", "correct horse");
    await page.click("#show");
    await page.click("[name=secret-word]");
    await page.keyboard.type(" battery staple");
    await page.fill("[name=number]", "4929111122223333");
    await page.fill("[name=one-time]", "918273");
    await page.fill("[name=diagnosis]", "a rare disease");
    await page.fill("[name=ignored]", "out of sight");
    await page.click("#first");
    await page.keyboard.type("value-of-first");
    await page.evaluate(() => window.PulseGate?.flush());
    await setting.depart(page, id);
    const acts = said(await events(id));
    expect(acts.map(([type, { field }]) => [type, field])).toEqual([
      ["form_focus", "first"],
      ["form_change", "first"],
    ]);
    expect(sent()).toContain("form_focus");
    expect(sent()).not.toMatch(SECRETS);
    expect(sent()).not.toMatch(/secret-word|diagnosis/);
  });

  test("knows a password field that came later, and searches a changing page for more only where it has changed", async () => {
    const { page, id } = await visit("pulse.js");
    const searches = await page.evaluate(async () => {
      let times = 0;
      const search = document.querySelectorAll;
      document.querySelectorAll = (selector: string) => {
        times++;
        return search.call(document, selector);
      };
      const search2 = document.documentElement.querySelectorAll;
      document.documentElement.querySelectorAll = (selector: string) => {
        times++;
        return search2.call(document.documentElement, selector);
      };
      document
        .querySelector("#shop")
        ?.insertAdjacentHTML(
          "afterbegin",
          '<form id="late"><p><input id="late-secret" type="password"><input id="turned"></p></form>',
        );
      for (let i = 0; i < 50; i++) {
        document.querySelector("#shop")?.append(document.createElement("b"));
        await new Promise((done) => setTimeout(done, 1));
      }
      for (const type of ["password", "text"]) {
        document.querySelector("#turned")?.setAttribute("type", type);
        await new Promise((done) => setTimeout(done, 1));
      }
      document.querySelector("#late-secret")?.setAttribute("type", "text");
      return times;
    });
    expect(searches).toBe(0);
    for (const field of ["#late-secret", "#turned"]) {
      await page.click(field);
      await page.keyboard.type("correct horse");
    }
    await page.click("#first");
    await liveCount(setting.server, id, "form_focus", 1);
    await setting.depart(page, id);
    expect(said(await events(id)).map(([, { field }]) => field)).toEqual(["first"]);
  });

  test("keeps what was typed into it out of the addresses of the pages that follow, and of their referrers", async () => {
    wire.length = 0;
    const { page, id } = await visit("tracker.js");
    await page.fill("#first", "value-of-first");
    await page.fill("[name=diagnosis]", "a rare disease");
    await page.click("#send");
    await page.waitForURL(/thanks\?first=value-of-first/);
    await sessionIdOf(page);
    await page.evaluate(() => document.querySelector<HTMLAnchorElement>("#next")?.setAttribute("href", "/cart?step=1"));
    await page.click("#next");
    await page.waitForURL(/cart\?step=1/);
    await sessionIdOf(page);
    // A script of the page's own may read a form, and take its fields on to the next address.
    await page.evaluate(() => {
      const fields = new FormData(document.querySelector<HTMLFormElement>("form") ?? undefined);
      fields.set("first", "value-of-first");
      history.pushState({}, "", `/list?${new URLSearchParams(fields as never)}&page=2`);
    });
    await liveCount(setting.server, id, "page_view", 4);
    await setting.depart(page, id);
    expect(sent()).not.toMatch(SECRETS);
    expect(new Set(addresses())).toEqual(new Set(["/", "/thanks", "/cart?step=1", "/list?page=2"]));
  });

  test("leaves nothing but the campaign in addresses where its fields' names cannot be remembered", async () => {
    wire.length = 0;
    const { page } = await visit("tracker.js", 'data-consent="denied"');
    await page.evaluate(() => {
      document.querySelector<HTMLInputElement>("[name=csrf]")?.setAttribute("name", "utm_source");
    });
    await page.fill("#first", "value-of-first");
    await page.click("#send");
    await page.waitForURL(/thanks\?first=value-of-first/);
    const id = await sessionIdOf(page);
    await liveCount(setting.server, id, "page_view", 1);
    await page.close();
    expect(new Set(addresses())).toEqual(new Set(["/", "/thanks?utm_source=hidden-value"]));
  });

  test("that is left is abandoned when the session ends, by the word of the session's actor", async () => {
    const { page, id } = await visit("pulse.js");
    await page.click("#first");
    await page.keyboard.type("J");
    await page.click("textarea");
    await page.evaluate(() => window.PulseGate?.end());
    await liveCount(setting.server, id, "form_abandoned", 1);
    const abandoned = await until(
      async () => said(await events(id)).find(([type]) => type === "form_abandoned"),
      45_000,
      "the abandonment in D1",
    );
    expect(abandoned[1]).toMatchObject({ form: "signup", last_field: "about", fields: 2 });
    await page.close();
  });

  test("works when the server is down, and with form.js beside tracker.js", async () => {
    const { page } = await visit("tracker.js");
    await page.addScriptTag({ url: `${setting.server.url}/form.js` });
    const id = await sessionIdOf(page);
    await page.click("#first");
    await liveCount(setting.server, id, "form_focus", 1);
    await page.context().route(`${setting.server.url}/**`, (route) => route.abort());
    await page.keyboard.type("Jane");
    await page.click("#send");
    await page.waitForURL(/thanks\?first=Jane/);
    await page.close();
  });
});
