import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { visitorOf } from "../../src/core/session/calls/visitor-id";
import { until } from "./analytics";
import { sessionIdOf } from "./created";
import { describeVisits, holdPicture, SLOW_PICTURE } from "./setting";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const CONTACT = {
  title: "Write to us",
  fields: [
    { name: "name", label: "Your name", required: true },
    { name: "email", label: "Email", type: "email", required: true, hint: "We answer here." },
    { name: "project", label: "About", type: "select", options: ["", "Roof", "Floor"].map(option) },
    { name: "reach", label: "Answer by", type: "radio", options: ["email", "phone"].map(option), required: true },
    { name: "message", label: "Message", type: "textarea", max_length: 500 },
    { name: "terms", label: "I have read the terms", type: "checkbox", required: true },
    { name: "list", label: "List", type: "hidden", value: "spring" },
  ],
  submit: "Send it",
  success: "We have it. Thank you.",
  theme: { accent: "#166534", radius: "2px" },
};

function option(value: string): { value: string; label: string } {
  return { value, label: value || "anything" };
}

interface Lead {
  lead_id: string;
  submissions: number;
  session_id: string | null;
  [field: string]: unknown;
}

const axe = async (page: Page, where: string): Promise<string[]> => {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    (selector) => (window as unknown as { axe: { run(selector: string): Promise<AxeResults> } }).axe.run(selector),
    where,
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
};

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.getAttribute("name") ?? document.activeElement?.className ?? "");

describeVisits("a form for leads", (setting) => {
  let count = 0;
  /** A site of its own, and a shop with `body` whose tag is for it. */
  const open = async (
    body: string,
    { forms = {}, ...more }: { forms?: object; headers?: Record<string, string> } = {},
  ) => {
    const site = `leads-${++count}`;
    const settings = { allowed_origins: ["*"], forms: { definitions: { contact: CONTACT }, ...forms } };
    const init = { method: "PUT", body: JSON.stringify(settings) };
    const response = await setting.server.api(`/analytics/sites/${site}`, init);
    expect(response.status, await response.text()).toBe(200);
    const tag = `data-site="${site}" nonce="abc"`;
    const shop = await setting.otherShop({ body: body.replaceAll("SITE", site), script: "pulse.js", tag, ...more });
    return { site, shop };
  };
  const leadsOf = async (site: string): Promise<Lead[]> => {
    const response = await setting.server.api(`/analytics/leads?site=${site}`);
    return ((await response.json()) as { data: Lead[] }).data;
  };
  const oneLead = (site: string): Promise<Lead> =>
    until(async () => (await leadsOf(site))[0], 15_000, `the lead of ${site} in the API`);
  const endpoint = () => setting.server.url;
  /** On once the page's session is known to the server. */
  const visit = async (url: string): Promise<{ page: Page; id: string }> => {
    const page = await setting.visit(url);
    const id = await sessionIdOf(page);
    await until(
      async () => (await setting.server.api(`/analytics/sessions/${id}/live`)).ok || undefined,
      15_000,
      "the session",
    );
    return { page, id };
  };

  const PLAIN = `<form data-pulse-lead method="post" action="/own" id="plain">
    <label>Name <input name="Full-Name"></label> <label>Mail <input name="E-Mail"></label>
    <label>Secret <input type="password" name="pin"></label> <input name="token" value="t" data-pulse-ignore>
    <button name="which" value="top">Send</button></form>`;

  const fill = async (page: Page, email: string): Promise<void> => {
    await page.fill("[name=Full-Name]", "Anna Ødegård");
    await page.fill("[name=E-Mail]", email);
    await page.fill("[name=pin]", "1234");
  };

  test("that stands on the page sends its lead without leaving it, with what the session knows", async () => {
    const { site, shop } = await open(PLAIN);
    const { page, id } = await visit(shop.url);
    await fill(page, "anna@shop.example");
    await page.click("#plain button");
    await page.waitForFunction(() => document.activeElement?.textContent === "Thank you. We will be in touch.");
    expect(new URL(page.url()).pathname).toBe("/");
    const lead = await oneLead(site);
    expect(lead).toMatchObject({ name: "Anna Ødegård", email: "anna@shop.example", session_id: id, submissions: 1 });
    expect(lead).toMatchObject({ fields: { which: "top" }, evidence: { link: "linked", page_views: 1 } });
    // Of its visitor the lead knows by its session, once that is written out.
    const named = async () => ((await leadsOf(site))[0]?.["visitor_id"] ? true : undefined);
    await until(named, 45_000, "the session's visitor");
    expect(JSON.stringify(lead)).not.toMatch(/1234|"token"|"pin"/);
    await page.close();
  });

  test("names its visitor by the id that the device's secret makes, and never says the secret", async () => {
    const { site, shop } = await open(PLAIN);
    const { page } = await visit(shop.url);
    const secret = await page.evaluate(() => localStorage.getItem("pulsegate.visitor_secret"));
    await fill(page, "own@shop.example");
    const sent = page.waitForRequest((request) => new URL(request.url()).pathname === "/lead");
    await page.click("#plain button");
    const request = await sent;
    expect(JSON.parse(request.postData() ?? "")).toMatchObject({ visitor_id: await visitorOf(secret ?? "") });
    expect(`${request.url()} ${request.postData()}`).not.toContain(secret);
    expect(await page.content()).not.toContain(secret);
    await oneLead(site);
    await page.close();
  });

  test("names no visitor of before by a device that has a secret, where no script may hash", async () => {
    const { site, shop } = await open(PLAIN);
    const context = await setting.visitor();
    await context.addInitScript(() => {
      localStorage.setItem("pulsegate.visitor", crypto.randomUUID());
      localStorage.setItem("pulsegate.visitor_secret", crypto.randomUUID() + crypto.randomUUID());
      Object.defineProperty(crypto, "subtle", { value: undefined });
    });
    const page = await setting.visit(shop.url, context);
    const session_id = await sessionIdOf(page);
    await fill(page, "both@shop.example");
    const sent = page.waitForRequest((request) => new URL(request.url()).pathname === "/lead");
    await page.click("#plain button");
    const body: unknown = JSON.parse((await sent).postData() ?? "");
    expect(body).toMatchObject({ session_id });
    expect(body).not.toHaveProperty("visitor_id");
    await oneLead(site);
    await page.close();
  });

  test("that is sent while the page still loads says of which session it is", async () => {
    const { site, shop } = await open(PLAIN + SLOW_PICTURE);
    const context = await setting.visitor();
    const arrive = await holdPicture(context);
    const page = await context.newPage();
    // As text: the tests' own bundler would make an import of its own out of it.
    await page.addInitScript(`{
      const sending = setInterval(() => {
        const file = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/lead.js"));
        if (!file) return;
        clearInterval(sending);
        import(file.name).then(() => {
          document.querySelector("[name=E-Mail]").value = "quick@shop.example";
          document.querySelector("#plain").requestSubmit();
        });
      }, 1);
    }`);
    await page.goto(shop.url, { waitUntil: "commit" });
    const lead = await oneLead(site);
    expect(lead).toMatchObject({ email: "quick@shop.example", session_id: await sessionIdOf(page) });
    arrive();
    await page.close();
  });

  test("goes its own way when the endpoint is down, and whatever it was told before counts once", async () => {
    const { site, shop } = await open(
      `${PLAIN}<form data-pulse-lead method="post" action="${endpoint()}/lead?site=SITE" id="ours">
       <input name="phone"><button>Call me</button></form>`,
    );
    const { page } = await visit(shop.url);
    // Taken, but the page never hears of it: its own submit is the same one.
    await page.route("**/lead?*", async (route) => {
      if (route.request().resourceType() !== "fetch") return route.continue();
      await route.fetch();
      await route.abort();
    });
    await page.fill("[name=phone]", "+49 30 901820");
    await page.click("#ours button");
    await page.waitForURL(/\/lead\?/);
    expect(await page.textContent("h1")).toBe("Thank you");
    expect(await oneLead(site)).toMatchObject({ phone: "+4930901820", submissions: 1 });

    await page.goto(shop.url);
    await page.waitForFunction(() =>
      performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/lead.js")),
    );
    await page.context().route(`${endpoint()}/**`, (route) => route.abort());
    await fill(page, "anna@shop.example");
    const sent = page.waitForRequest((request) => request.url().endsWith("/own") && request.method() === "POST");
    await page.click("#plain button");
    const body = new URLSearchParams((await sent).postData() ?? "");
    expect(Object.fromEntries(body)).toEqual({
      "Full-Name": "Anna Ødegård",
      "E-Mail": "anna@shop.example",
      pin: "1234",
      token: "t",
      which: "top",
    });
    await page.waitForURL(/\/own$/);
    await page.close();
  });

  test("goes its own way after 6 s without an answer, with its button and its lines, and still counts once", async () => {
    const { site, shop } = await open(
      `<form data-pulse-lead method="post" action="${endpoint()}/lead?site=SITE" id="ours"><input name="email">
       <textarea name="message"></textarea><button name="which" value="top">Send</button></form>`,
    );
    const { page } = await visit(shop.url);
    // Taken, but the answer never arrives.
    await page.route("**/lead?*", async (route) => {
      if (route.request().resourceType() !== "fetch") return route.continue();
      await route.fetch();
    });
    await page.fill("#ours [name=email]", "anna@shop.example");
    await page.fill("#ours textarea", "Two\nlines");
    const own = page.waitForRequest((request) => request.isNavigationRequest() && request.method() === "POST");
    await page.click("#ours button");
    const first = await oneLead(site);
    const sent = new URLSearchParams((await own).postData() ?? "");
    expect(Object.fromEntries(sent)).toMatchObject({ which: "top", message: "Two\r\nlines" });
    await page.waitForURL(/\/lead\?/);
    expect(await page.textContent("h1")).toBe("Thank you");
    const response = await setting.server.api(`/analytics/leads/${first.lead_id}`);
    const { data } = (await response.json()) as { data: Lead & { history: object[] } };
    expect(data).toMatchObject({ submissions: 1, message: "Two\nlines", fields: { which: "top" } });
    expect(data.history).toHaveLength(1);
    expect(await leadsOf(site)).toHaveLength(1);
    await page.close();
  });

  test("goes its own way from a page in another charset with its letters, and without what is not for a lead", async () => {
    const { site, shop } = await open(
      `<form data-pulse-lead method="post" action="${endpoint()}/lead?site=SITE" id="ours">
       <input name="name"><input name="email"><input name="card" data-pulse-ignore value="4111">
       <input type="password" name="pin" value="1234"><button>Send</button></form>`,
      { headers: { "Content-Type": "text/html; charset=windows-1251" } },
    );
    const { page } = await visit(shop.url);
    expect(await page.evaluate(() => document.characterSet)).toBe("windows-1251");
    await page.route("**/lead?*", (route) =>
      route.request().resourceType() === "fetch" ? route.abort() : route.continue(),
    );
    await page.fill("#ours [name=name]", "Анна");
    await page.fill("#ours [name=email]", "anna@shop.example");
    await page.click("#ours button");
    await page.waitForURL(/\/lead\?/);
    expect(await page.textContent("h1")).toBe("Thank you");
    expect(await oneLead(site)).toMatchObject({ name: "Анна", fields: {} });
    await page.close();
  });

  test("says at its field what the server does not take", async () => {
    const { site, shop } = await open(PLAIN);
    const { page } = await visit(shop.url);
    await fill(page, "anna");
    await page.click("#plain button");
    const message = () => page.$eval("[name=E-Mail]", (field) => (field as HTMLInputElement).validationMessage);
    await until(async () => (await message()) || undefined, 10_000, "the error");
    expect(await message()).toBe("Mail: is no email address");
    expect(await focused(page)).toBe("E-Mail");
    await page.fill("[name=E-Mail]", "anna@shop.example");
    await page.keyboard.press("Enter");
    expect(await oneLead(site)).toMatchObject({ email: "anna@shop.example", submissions: 1 });
    await page.close();
  });

  test("that the site defines is shown under a strict policy, clean to axe, and filled in by keyboard alone", async () => {
    const { server } = setting;
    const policy = [
      "default-src 'none'",
      "script-src 'nonce-abc'",
      `form-action ${server.url}`,
      `connect-src ${server.url} ${server.url.replace("http", "ws")}`,
      "require-trusted-types-for 'script'",
    ].join("; ");
    const { site, shop } = await open('<div data-pulse-form="contact"><a href="/write">Write</a></div>', {
      headers: { "Content-Security-Policy": policy },
    });
    const blocked: string[] = [];
    const { page, id } = await visit(`${shop.url}/?utm_source=spring%20mail&utm_campaign=c1`);
    page.on("console", (message) => /Content Security|Trusted/i.test(message.text()) && blocked.push(message.text()));
    await page.waitForSelector(".pulse-form");
    expect(await axe(page, "[data-pulse-form]")).toEqual([]);
    const look = await page.$eval(".pulse-form button", (button) => getComputedStyle(button));
    expect(look).toMatchObject({ backgroundColor: "rgb(22, 101, 52)", borderRadius: "2px" });

    const tab = () => page.keyboard.press("Tab");
    const until_focused = async (name: string): Promise<void> => {
      for (let i = 0; i < 20 && (await focused(page)) !== name; i++) await tab();
      expect(await focused(page)).toBe(name);
    };
    await until_focused("name");
    await page.keyboard.type("Anna");
    await tab();
    await page.keyboard.type("anna");
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("email");
    const error = page.locator("#pulse-1-email-error");
    expect(await error.textContent()).toMatch(/\w+/);
    expect(await page.getAttribute("[name=email]", "aria-describedby")).toBe("pulse-1-email-hint pulse-1-email-error");
    expect(await page.getAttribute("[name=email]", "aria-invalid")).toBe("true");
    expect(await page.$$eval("[aria-invalid]", (all) => all.map((one) => one.id || one.getAttribute("role")))).toEqual([
      "pulse-1-email",
      "radiogroup",
      "pulse-1-terms",
    ]);
    expect(await axe(page, "[data-pulse-form]")).toEqual([]);
    await page.keyboard.type("@shop.example");
    expect(await error.textContent()).toBe("");

    await tab();
    await page.keyboard.type("Roof");
    await tab();
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowDown");
    await tab();
    await page.keyboard.type("Two lines");
    await page.keyboard.press("Enter");
    await page.keyboard.type("of text");
    await tab();
    await page.keyboard.press("Space");
    await tab();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Send it");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.textContent === "We have it. Thank you.");
    expect(await page.getAttribute(".pulse-status", "role")).toBe("status");
    expect(await axe(page, "[data-pulse-form]")).toEqual([]);
    expect(await oneLead(site)).toMatchObject({
      name: "Anna",
      email: "anna@shop.example",
      project: "Roof",
      message: "Two lines\nof text",
      source: "spring mail",
      session_id: id,
      status: "open",
      fields: { reach: "phone", terms: "yes", list: "spring", form: "contact", utm_campaign: "c1" },
    });
    expect(blocked).toEqual([]);
    await page.close();
  });

  test("that the site defines says so when nothing gets through, keeps what was typed, and gets through later", async () => {
    const { site, shop } = await open('<div data-pulse-form="contact"></div>');
    const { page } = await visit(shop.url);
    await page.waitForSelector(".pulse-form");
    await page.route("**/lead?*", (route) => route.abort());
    await page.fill("[name=name]", "Anna");
    await page.fill("[name=email]", "anna@shop.example");
    await page.check("[name=reach]");
    await page.check("[name=terms]");
    await page.click(".pulse-form button");
    await page.waitForFunction(() =>
      document.querySelector(".pulse-status")?.textContent?.includes("could not be sent"),
    );
    expect(await page.inputValue("[name=name]")).toBe("Anna");
    expect(await leadsOf(site)).toEqual([]);
    await page.unroute("**/lead?*");
    await page.click(".pulse-form button");
    await page.waitForFunction(() => document.activeElement?.textContent === "We have it. Thank you.");
    expect(await oneLead(site)).toMatchObject({ email: "anna@shop.example", submissions: 1 });
    await page.close();
  });

  test("that cannot be had leaves what stands in its place", async () => {
    const { shop } = await open('<div data-pulse-form="gone"><a href="/write">Write to us</a></div>');
    const context = await setting.visitor();
    const page = await context.newPage();
    const asked = page.waitForResponse((response) => response.url().endsWith("/gone"));
    await page.goto(shop.url);
    expect((await asked).status()).toBe(404);
    expect(await page.textContent("[data-pulse-form]")).toBe("Write to us");
    await page.close();
  });

  test("works with JavaScript off, and goes on to its redirect", async () => {
    const { site, shop } = await open(
      `<form method="post" action="${endpoint()}/lead?site=SITE" data-pulse-lead><input name="email"><textarea name="message"></textarea>
       <input type="hidden" name="redirect" value="/thanks"><button id="send">Send</button></form>`,
    );
    const context = await setting.browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(shop.url);
    await page.fill("[name=email]", "anna@shop.example");
    await page.fill("textarea", "<b>Hallo</b>");
    await page.click("#send");
    await page.waitForURL(`${shop.url}/thanks`);
    expect(await oneLead(site)).toMatchObject({
      email: "anna@shop.example",
      message: "<b>Hallo</b>",
      session_id: null,
    });
    await context.close();
  });
});
