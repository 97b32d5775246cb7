import type { BrowserContext, Page } from "playwright-core";
import type {} from "../../src/web/tracker/public";

/** What the pages of a context say of themselves, kept on the device so that a crash or a close loses nothing of it. */

interface Log {
  session: string;
  type: string;
  /** Epoch ms. */
  at: number;
}

/** Listens to the tracker of every page of `context` from before its first event. */
export async function listenIn(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const key = `created.${Math.random()}`;
    const log: { session: unknown; type: string; at: number }[] = [];
    let session: unknown = "";
    let api: typeof window.PulseGate;
    Object.defineProperty(window, "PulseGate", {
      get: () => api,
      set(value: NonNullable<typeof api>) {
        api = value;
        api.on("session", (id) => {
          session = id;
          Object.assign(window, { session_id: id });
        });
        api.on("event", (event) => {
          const { event_type: type, timestamp: at } = event as { event_type: string; timestamp: number };
          log.push({ session, type, at });
          // One by one: a page may have made lists its own.
          localStorage.setItem(key, `[${log.map((one) => JSON.stringify(one)).join(",")}]`);
        });
      },
    });
  });
}

/** The session that the page's events belong to, by the tracker's own word. */
export async function sessionIdOf(page: Page): Promise<string> {
  await page.waitForFunction(() => "session_id" in window);
  return page.evaluate(() => (window as unknown as { session_id: string }).session_id);
}

/** The session after `before`: it begins with the next event's number, a moment after the event. */
export async function nextSessionIdOf(page: Page, before: string): Promise<string> {
  await page.waitForFunction((id) => "session_id" in window && window.session_id !== id, before, { timeout: 2_000 });
  return sessionIdOf(page);
}

/** What the device of a context's visitor holds: read by a page without the tracker. */
async function onDevice(context: BrowserContext, url: string, prefix: string): Promise<string[]> {
  const page = await context.newPage();
  await page.goto(`${url}/blank`);
  const values = await page.evaluate(
    (start) =>
      Object.keys(localStorage)
        .filter((key) => key.startsWith(start))
        .map((key) => localStorage.getItem(key) ?? "[]"),
    prefix,
  );
  await page.close();
  return values;
}

/** What every page of the context's origin has recorded so far, page after page, the closed ones too. */
export async function createdIn(context: BrowserContext, url: string): Promise<Log[]> {
  const pages = (await onDevice(context, url, "created.")).map((log) => JSON.parse(log) as Log[]);
  return pages.sort(([a], [b]) => (a?.at ?? 0) - (b?.at ?? 0)).flat();
}

/** The secret of session `id`, while the visitor's device has it. */
export async function keyOf(context: BrowserContext, url: string, id: string): Promise<string | undefined> {
  const sessions = await onDevice(context, url, "pulsegate.session.");
  return sessions.map((text) => JSON.parse(text) as { id: string; key: string }).find((one) => one.id === id)?.key;
}
