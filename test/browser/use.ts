import type { Page } from "playwright-core";
import { liveCount } from "./analytics";
import { sessionIdOf } from "./created";
import type { Setting } from "./setting";

/** For the body of a shop: a form whose lead goes out without leaving the page. */
export const CONTACT = `<form data-pulse-lead id="contact"><input name="email" value="ada@shop.example"><button id="send">Send</button></form>`;

/** Clicks on a shop with {@link CONTACT}, twice, the second time by socket, and sends its lead. Returns the session. */
export async function use(setting: Setting, page: Page): Promise<string> {
  const { server } = setting;
  const id = await sessionIdOf(page);
  await page.click("#buy");
  await liveCount(server, id, "click", 1);
  await page.click("button.plain");
  await liveCount(server, id, "click", 2);
  await page.click("#send");
  await page.waitForSelector("[role=status]:not(:empty)");
  return id;
}
