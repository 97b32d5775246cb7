import type { BrowserContext, Page, Route } from "playwright-core";
import { expect, test } from "vitest";
import { liveCount, until } from "./analytics";
import { sessionIdOf } from "./created";
import { hurry, isClick, isSnapshot, record, recorded, secretsIn } from "./recordings";
import { describeVisits, type Setting, started } from "./setting";

/** What must be in no store, each found nowhere else by accident. */
const SECRETS = {
  password: "hunter2-Zq81",
  toggled: "Zq82-shown-hunter",
  card: "4242424242424242",
  spaced: "4000 0566 5566 5556",
  code: "otp-773311",
  hidden: "csrf-Kx91-token",
  typed: "Mia-Qvist-typed",
  edited: "editable-Wx44",
  masked: "Diagnosis-Jb55",
  title: "Tooltip-Jb56",
  late: "Later-Jb57",
  shadow: "Shadow-Jb58",
  ignored: "Ignored-Jb59",
  meta: "meta-csrf-Jb60",
  query: "reset-Jb61",
};

const BODY = `
<meta name="csrf-token" content="${SECRETS.meta}">
<form>
  <input id="password" type="password"><button id="toggle" type="button">show</button>
  <input id="number" name="card-number" autocomplete="cc-number">
  <input id="code" autocomplete="one-time-code">
  <input type="hidden" name="csrf" value="${SECRETS.hidden}">
  <input id="name" name="nickname">
</form>
<div id="edit" contenteditable>.</div>
<p id="masked" data-pulse-mask title="${SECRETS.title}">${SECRETS.masked}</p>
<p data-pulse-ignore>${SECRETS.ignored}</p>
<p id="host" data-pulse-mask></p>
<p id="said">You pay with ${SECRETS.spaced}</p>
<p id="seen">A sentence anybody may read</p>
<a href="/reset?token=${SECRETS.query}">reset</a>
<script>
  host.attachShadow({ mode: "open" }).innerHTML = "<b>${SECRETS.shadow}</b>";
  toggle.onclick = () => { password.type = password.type === "text" ? "password" : "text"; };
  buy.onclick = () => {
    masked.append(" ${SECRETS.late}");
    masked.title = "${SECRETS.title} again";
    buy.textContent = "Bought";
  };
</script>`;

const loads = (page: Page): Promise<string[]> =>
  page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname));

const isRecorderLoaded = async (page: Page): Promise<boolean> =>
  (await loads(page)).some((path) => path.endsWith("/recorder.js"));

/** A bad line for chunks: the first is cut, the second arrives unheard, the third arrives twice. */
async function badLine(context: BrowserContext): Promise<Record<"cut" | "unanswered" | "twice", number>> {
  const faults = { cut: 0, unanswered: 0, twice: 0 };
  const fates: ((route: Route) => Promise<void>)[] = [
    async (route) => {
      faults.cut++;
      await route.abort("connectionreset");
    },
    async (route) => {
      faults.unanswered++;
      await route.fetch();
      await route.abort("connectionreset");
    },
    async (route) => {
      faults.twice++;
      await route.fetch();
      await route.continue();
    },
  ];
  let calls = 0;
  await context.route("**/track/recording?*", async (route) => {
    const fate = fates[calls++ % 4];
    await (fate ? fate(route) : route.continue());
  });
  return faults;
}

const isSandbox = (text: string): boolean => /^Blocked script execution .* is sandboxed/.test(text);

/** The dashboard's replay: the page as it was, the click where it was made, both views in step, and nothing fetched. */
async function seeIn(
  setting: Setting,
  id: string,
  box: { x: number; y: number; width: number; height: number },
): Promise<void> {
  const { server, browser } = setting;
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
  await context.addInitScript((key) => sessionStorage.setItem("pulsegate.key", key), server.key);
  const page = await context.newPage();
  const faults: string[] = [];
  const asked: string[] = [];
  // That the sandbox lets no script run in the replayed page is what it is for: these tests' own are blocked too.
  page.on("console", (message) => {
    if (message.type() === "error" && !isSandbox(message.text())) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${server.url}/dashboard#/session/${id}?tab=replay`);
  const player = page.frameLocator('iframe[src="/player"]');
  const replayed = player.frameLocator(".replayer-wrapper iframe");
  await replayed.locator("#seen").waitFor({ timeout: 20_000 });
  const moment = page.locator('input[type="range"]');
  const end = (await moment.getAttribute("max")) ?? "";
  await moment.fill(end);
  expect(await moment.inputValue()).toBe(end);
  await expect.poll(() => replayed.locator("#buy").textContent()).toBe("Bought");
  expect(await replayed.locator("#masked").textContent()).toMatch(/^[• ]+$/);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2].map(Math.floor);
  const mouse = player.locator(".replayer-mouse");
  const place = () => mouse.evaluate(({ style }) => [Number.parseFloat(style.left), Number.parseFloat(style.top)]);
  await expect.poll(place).toEqual([x, y]);
  // Under the cursor is what was clicked, and the event log says the same place.
  const under = await replayed.locator("body").evaluate(
    (body, [left = 0, top = 0]) => {
      return body.ownerDocument.elementFromPoint(left, top)?.id;
    },
    [x, y],
  );
  expect(under).toBe("buy");
  const made = page.locator(".stage .made.click").last();
  const logged = [await made.getAttribute("data-x"), await made.getAttribute("data-y")].map(Number);
  expect(Math.abs((logged[0] ?? 0) - (x ?? 0)) + Math.abs((logged[1] ?? 0) - (y ?? 0))).toBeLessThanOrEqual(2);
  // And back: the page before the click.
  await moment.fill((await moment.getAttribute("min")) ?? "");
  await expect.poll(() => replayed.locator("#buy").textContent()).toBe("Buy");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await expect.poll(() => replayed.locator("#buy").textContent(), { timeout: 30_000 }).toBe("Bought");
  expect(faults).toEqual([]);
  expect(asked.filter((url) => !url.startsWith(server.url) && !/^(data|about|blob):/.test(url))).toEqual([]);
  await context.close();
}

describeVisits("a recording", (setting) => {
  test("has the page and what was done on it, each chunk once over a bad line, and nothing that is masked", async () => {
    await record(setting, "shop", true);
    const shop = await setting.otherShop({ body: BODY });
    const context = await setting.visitor();
    const faults = await badLine(context);
    const errors: string[] = [];
    const page = await context.newPage();
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(`${shop.url}/?q=1&reset_token=${SECRETS.query}`);
    await started(page);
    const id = await sessionIdOf(page);
    await until(() => isRecorderLoaded(page), 15_000, "the recorder");
    await until(async () => (await recorded(setting, id)).some(isSnapshot), 20_000, "a snapshot");

    await page.fill("#password", SECRETS.password);
    await page.click("#toggle");
    await page.fill("#password", SECRETS.toggled);
    await page.fill("#number", SECRETS.card);
    await page.fill("#code", SECRETS.code);
    await page.fill("#name", SECRETS.typed);
    await page.click("#edit");
    await page.keyboard.type(SECRETS.edited);
    await page.click("#toggle");
    await page.click("#toggle");
    // Before the click: it changes what the button says.
    const box = await page.locator("#buy").boundingBox();
    if (!box) throw new Error("no button");
    await page.click("#buy");
    await hurry(page);
    const has = async () => (await recorded(setting, id)).filter(isClick).length >= 5;
    await until(has, 25_000, "all clicks recorded");
    expect(
      Object.values(faults).every((count) => count > 0),
      JSON.stringify(faults),
    ).toBe(true);
    expect(errors).toEqual([]);

    const events = await recorded(setting, id);
    const text = JSON.stringify(events);
    expect(text).toContain("A sentence anybody may read");
    expect(text).toContain("Bought");
    const last = events.filter(isClick).at(-1)?.data as { x: number; y: number };
    expect([last.x, last.y]).toEqual([box.x + box.width / 2, box.y + box.height / 2].map(Math.floor));
    await liveCount(setting.server, id, "click", 5);
    await page.close();
    await context.close();
    await seeIn(setting, id, box);

    await setting.server.kill();
    const { objects } = await setting.server.readStores();
    const chunks = objects
      .filter(({ key }) => key.includes(`/${id}/replay/`))
      .map(({ body }) => body as { stream: string; number: number });
    expect(new Set(chunks.map(({ stream }) => stream)).size).toBe(1);
    const numbers = chunks.map(({ number }) => number).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    expect(numbers.length).toBeGreaterThan(1);
    expect(secretsIn(setting.server.state, Object.values(SECRETS))).toEqual([]);
    await setting.server.start();
  });

  test("is made with consent only, ends with it, and is then deleted", async () => {
    await record(setting, "shop", true);
    for (const options of [
      { tag: 'data-consent="denied"' },
      { tag: 'data-consent="pending"' },
      { gpc: true, tag: "" },
    ]) {
      const shop = await setting.otherShop({ tag: options.tag });
      const headers = options.gpc ? { extraHTTPHeaders: { "Sec-GPC": "1" } } : {};
      const page = await setting.visit(shop.url, await setting.visitor(headers));
      await page.click("#buy");
      await page.waitForTimeout(1_500);
      expect(await isRecorderLoaded(page), JSON.stringify(options)).toBe(false);
      await page.close();
    }
    const page = await setting.visit();
    const id = await sessionIdOf(page);
    await until(async () => (await recorded(setting, id)).some(isSnapshot), 20_000, "a snapshot");
    await page.evaluate(() => window.PulseGate?.consent("denied"));
    await page.click("#buy");
    await hurry(page);
    await until(async () => (await recorded(setting, id)).length === 0, 30_000, "nothing recorded");
    const chunks = (await loads(page)).filter((path) => path === "/track/recording").length;
    await page.click("#buy");
    await hurry(page);
    await page.waitForTimeout(1_000);
    expect((await loads(page)).filter((path) => path === "/track/recording")).toHaveLength(chunks);
    await page.close();
  });

  test("begins with what was before, when a score is over the site's threshold, and not earlier", async () => {
    const rule = { mode: "score", score: "engagement", over: 10, text: "masked" };
    await record(setting, "scored", rule);
    const shop = await setting.otherShop({ tag: 'data-site="scored"', body: BODY });
    const context = await setting.visitor();
    const sent: string[] = [];
    const said: string[] = [];
    const page = await context.newPage();
    page.on("request", (request) => request.url().includes("/track/recording?") && sent.push(request.url()));
    page.on("response", async (response) => {
      if (response.url().includes("/track/events")) said.push(await response.text().catch(() => ""));
    });
    await page.goto(shop.url);
    await started(page);
    const id = await sessionIdOf(page);
    await until(() => isRecorderLoaded(page), 15_000, "the recorder");
    await page.mouse.click(120, 200);
    await hurry(page);
    await liveCount(setting.server, id, "click", 1);
    expect(sent).toEqual([]);
    await until(
      async () => {
        await page.mouse.wheel(0, 900);
        await page.mouse.click(130 + Math.random() * 50, 210);
        return sent.length > 0;
      },
      30_000,
      "the recording to be sent",
    );
    await hurry(page);
    await until(async () => (await recorded(setting, id)).filter(isClick).length >= 2, 20_000, "clicks recorded");
    const events = await recorded(setting, id);
    // The very first click, made while nobody knew.
    const first = events.find(isClick)?.data as { x: number; y: number };
    expect([first.x, first.y]).toEqual([120, 200]);
    const text = JSON.stringify(events);
    expect(text).not.toContain("A sentence anybody may read");
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
    // A page learns that it is to record, and no score.
    expect(said.join()).toContain('"record":{"send":false');
    expect(said.join()).not.toMatch(/engagement|risk|score|over/);
    await page.close();
  });

  test("that somebody has made up runs nothing, fetches nothing, and goes nowhere", async () => {
    await record(setting, "hostile", true);
    const { server, browser } = setting;
    const id = crypto.randomUUID();
    const at = Date.now();
    const element = (tagName: string, attributes: object = {}, childNodes: object[] = []) => ({
      type: 2,
      id: ++serial,
      tagName,
      attributes,
      childNodes,
    });
    let serial = 0;
    const evil = "https://evil.example";
    const body = [
      element("p", { id: "there" }, [{ type: 3, id: 900, textContent: "<script>alert(1)</script>" }]),
      element("script", { src: `${evil}/a.js` }, [{ type: 3, id: 901, textContent: "alert(2)" }]),
      element("img", { src: `${evil}/b.png`, onerror: "alert(3)", srcset: `${evil}/c.png 2x` }),
      element("iframe", { src: `${evil}/d`, srcdoc: "<script>alert(4)</script>" }),
      element("iframe", { src: "/dashboard", rr_src: "/dashboard" }),
      element("svg", { onload: "alert(5)" }, [element("image", { "xlink:href": `${evil}/e.svg` })]),
      element("meta", { "http-equiv": "refresh", content: `0;url=${evil}/f` }),
      element("base", { href: evil, target: "_top" }),
      element("link", { rel: "stylesheet", href: `${evil}/g.css` }),
      element("style", { _cssText: `@import "${evil}/h.css"; p { background: url(${evil}/i.png) }` }),
      element("a", { href: "javascript:alert(6)", target: "_top" }),
      element("object", { data: `${evil}/j` }),
      element("embed", { src: `${evil}/k` }),
      element("video", { src: `${evil}/l.mp4`, poster: `${evil}/m.png`, autoplay: "" }),
      element("form", { action: evil }, [element("input", { autofocus: "", onfocus: "alert(7)" })]),
      element("div", { style: `background: url("${evil}/n.png")` }),
    ];
    const html = element("html", {}, [element("head"), element("body", { onload: "alert(8)" }, body)]);
    const node = {
      type: 0,
      id: 1_000,
      childNodes: [{ type: 1, id: 1_001, name: "html", publicId: "", systemId: "" }, html],
    };
    const events = [
      { type: 4, timestamp: at, data: { href: `${evil}/`, width: 800, height: 600 } },
      { type: 2, timestamp: at + 1, data: { node, initialOffset: { left: 0, top: 0 } } },
      { type: 3, timestamp: at + 500, data: { source: 2, type: 2, id: 1, x: 5, y: 5 } },
    ];
    const start = { page: "https://shop.example/" };
    const batch = {
      session_id: id,
      site: "hostile",
      stream: "a",
      first: 1,
      start,
      events: [{ event_type: "page_view" }, { event_type: "click", x: 5, y: 5 }],
    };
    expect((await server.api("/track/events/batch", { method: "POST", body: JSON.stringify(batch) })).status).toBe(200);
    const chunk = { session_id: id, site: "hostile", stream: "a", number: 1, at, sent_at: at, events };
    expect((await server.api("/track/recording", { method: "POST", body: JSON.stringify(chunk) })).status).toBe(200);

    const context = await browser.newContext();
    await context.addInitScript((key) => sessionStorage.setItem("pulsegate.key", key), server.key);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("dialog", (dialog) => {
      faults.push(dialog.message());
      void dialog.dismiss();
    });
    page.on("popup", () => faults.push("a window"));
    page.on("request", (request) => request.url().includes("evil.example") && faults.push(request.url()));
    page.on("console", (message) => {
      const text = message.text();
      if (/Content Security|blocked/i.test(text) && !isSandbox(text)) faults.push(text);
    });
    await page.goto(`${server.url}/dashboard#/session/${id}?tab=replay`);
    const replayed = page.frameLocator('iframe[src="/player"]').frameLocator(".replayer-wrapper iframe");
    await replayed.locator("#there").waitFor({ timeout: 20_000 });
    expect(await replayed.locator("#there").textContent()).toBe("<script>alert(1)</script>");
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await page.waitForTimeout(1_500);
    expect(faults).toEqual([]);
    expect(page.url()).toContain(`/dashboard#/session/${id}`);
    await context.close();
  });
});
