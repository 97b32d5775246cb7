import type { BrowserContext, Page } from "playwright-core";
import { expect, test } from "vitest";
import { visitorOf } from "../../src/core/session/calls/visitor-id";
import { live, liveCount, session, until } from "./analytics";
import { nextSessionIdOf, sessionIdOf } from "./created";
import { describeVisits, started } from "./setting";

/** One visitor and one session over the hosts of a domain. */

const DOMAIN = "shop.localhost";

describeVisits("the hosts of one domain", (setting) => {
  const open = async () => {
    const shop = await setting.otherShop({ tag: `data-domain="${DOMAIN}"` });
    const { port } = new URL(shop.url);
    return (host: string, path = "/") => `http://${host}.${DOMAIN}:${port}${path}`;
  };
  const visit = async (url: string, context: BrowserContext): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(url);
    await started(page);
    return page;
  };
  const cookieOf = async (context: BrowserContext) =>
    (await context.cookies()).find(({ name }) => name === "pulsegate.shop");
  const proofIn = async (context: BrowserContext) => (await cookieOf(context))?.value.split("~")[1];

  test("share visitor and session, and a move between them is no source and leads nowhere else", async () => {
    const { server } = setting;
    const at = await open();
    const context = await setting.visitor();
    const page = await visit(at("www", "/?utm_source=mail"), context);
    const id = await sessionIdOf(page);
    await liveCount(server, id, "page_view", 1);
    await until(() => proofIn(context), 10_000, "a proof in the cookie");
    const secret = await page.evaluate(() => localStorage.getItem("pulsegate.visitor_secret"));
    const visitor_id = await visitorOf(secret ?? "");
    const cookie = await cookieOf(context);
    expect(cookie).toMatchObject({ domain: `.${DOMAIN}`, path: "/", sameSite: "Lax", secure: true, httpOnly: false });
    expect(cookie?.value).not.toContain(secret);

    // By a link, which is no way out.
    await page.evaluate(
      (href) => {
        const link = Object.assign(document.createElement("a"), { href, id: "over", textContent: "over" });
        document.body.prepend(link);
      },
      at("pay", "/cart"),
    );
    await Promise.all([page.waitForURL("**/cart"), page.click("#over")]);
    await started(page);
    expect(await sessionIdOf(page)).toBe(id);
    await liveCount(server, id, "page_view", 2);
    const now = await live(server, id);
    expect(now).toMatchObject({ visitor_id, unproven: false });
    expect(now?.counts["outbound"]).toBeUndefined();

    // A later session of the other host alone is the same visitor's, proven without the secret.
    await page.evaluate(() => window.PulseGate?.end());
    await page.click("#buy");
    const next = await nextSessionIdOf(page, id);
    await liveCount(server, next, "click", 1);
    expect(await live(server, next)).toMatchObject({ visitor_id, unproven: false });
    await page.close();
    const back = await visit(at("www"), context);
    expect(await sessionIdOf(back)).toBe(next);
    await back.close();
    await until(async () => (await live(server, id))?.ended_at, 10_000, "the end");
    expect(await session(server, id)).toMatchObject({ source: "mail" });
  });

  test("forget both on every host with a refusal", async () => {
    const { server } = setting;
    const at = await open();
    const context = await setting.visitor();
    const page = await visit(at("www"), context);
    const id = await sessionIdOf(page);
    await liveCount(server, id, "page_view", 1);
    await until(() => proofIn(context), 10_000, "a proof in the cookie");
    const other = await visit(at("pay"), context);
    await other.evaluate(() => window.PulseGate?.consent("denied"));
    await until(async () => !(await cookieOf(context)), 5_000, "no cookie");
    expect(await other.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("pulsegate.")))).toEqual(
      [],
    );
    await context.close();
  });

  test("go on with a visit while the visitor's answer is still to come, and after it", async () => {
    const { server } = setting;
    const shop = await setting.otherShop({ tag: `data-domain="${DOMAIN}" data-consent="pending"` });
    const { port } = new URL(shop.url);
    const context = await setting.visitor();
    const page = await visit(`http://www.${DOMAIN}:${port}/`, context);
    const id = await sessionIdOf(page);
    await page.evaluate(() => window.PulseGate?.consent("granted"));
    await liveCount(server, id, "page_view", 1);
    await until(() => proofIn(context), 10_000, "a proof in the cookie");
    const { visitor_id } = (await live(server, id)) ?? {};
    const other = await visit(`http://pay.${DOMAIN}:${port}/`, context);
    expect(await sessionIdOf(other)).toBe(id);
    expect(await proofIn(context)).toBeTruthy();
    await other.evaluate(() => window.PulseGate?.consent("granted"));
    await liveCount(server, id, "page_view", 2);
    expect(await live(server, id)).toMatchObject({ visitor_id, unproven: false });
    // A page that is left before it has an answer takes the session off no device.
    const back = await visit(`http://www.${DOMAIN}:${port}/`, context);
    expect(await sessionIdOf(back)).toBe(id);
    await back.close();
    const again = await visit(`http://www.${DOMAIN}:${port}/`, context);
    expect(await sessionIdOf(again)).toBe(id);
    await context.close();
  });

  test("have no cookie without consent, and none on a host that is not the domain's", async () => {
    const at = await open();
    const refused = await setting.visitor();
    await refused.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
    const page = await visit(at("www"), refused);
    await sessionIdOf(page);
    expect(await refused.cookies()).toEqual([]);
    const elsewhere = await setting.visitor();
    await visit(at("www").replace(`www.${DOMAIN}`, "127.0.0.1"), elsewhere);
    expect(await elsewhere.cookies()).toEqual([]);
    for (const context of [refused, elsewhere]) await context.close();
  });
});
