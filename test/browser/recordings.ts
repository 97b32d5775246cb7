import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { RecordedEvent } from "../../src/protocol/recording";
import { until } from "./analytics";
import { sessionIdOf } from "./created";
import { type Setting, started } from "./setting";

export type Recorded = RecordedEvent & { stream: string };

/** Sets what a site records. */
export async function record(setting: Setting, site: string, rule: unknown): Promise<void> {
  const settings = { allowed_origins: ["*"], record: rule };
  const response = await setting.server.api(`/analytics/sites/${site}`, {
    method: "PUT",
    body: JSON.stringify(settings),
  });
  expect(response.status).toBe(200);
}

/** What the server has of a session's recording. */
export async function recorded(setting: Setting, id: string): Promise<Recorded[]> {
  const response = await setting.server.api(`/analytics/sessions/${id}/recording`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: Recorded[] }).data;
}

export const isClick = ({ type, data }: RecordedEvent): boolean =>
  type === 3 && data["source"] === 2 && data["type"] === 2;
export const isSnapshot = ({ type }: RecordedEvent): boolean => type === 2;

/** Has the page send what it holds, as if it were about to go. */
export const hurry = (page: Page): Promise<boolean> => page.evaluate(() => dispatchEvent(new Event("pagehide")));

/** A page that is being recorded, and its session's id. */
export async function recordedVisit(setting: Setting, url: string): Promise<{ page: Page; id: string }> {
  const context = await setting.visitor();
  const page = await context.newPage();
  await page.goto(url);
  await started(page);
  const id = await sessionIdOf(page);
  await until(async () => (await recorded(setting, id)).some(isSnapshot), 20_000, "a snapshot");
  return { page, id };
}

/** All that was recorded until now: what is done on the page before this is in it. */
export async function recordedUntilNow(setting: Setting, page: Page, id: string): Promise<Recorded[]> {
  const mark = `mark-${Math.random().toString(36).slice(2)}`;
  await page.evaluate((name) => document.body.append(document.createElement(name)), mark);
  return until(
    async () => {
      await hurry(page);
      const events = await recorded(setting, id);
      return JSON.stringify(events).includes(mark) && events;
    },
    25_000,
    "what was done to be recorded",
  );
}

/** Every file that the server has left, as it is and as what it is the gzip of. */
export function* everyFile(folder: string): Generator<Buffer> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    yield bytes;
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) yield gunzipSync(bytes);
  }
}

/** Which of some secrets are in any file of a server that has been stopped. */
export function secretsIn(folder: string, secrets: string[]): string[] {
  const found = new Set<string>();
  let files = 0;
  for (const bytes of everyFile(folder)) {
    files++;
    for (const secret of secrets) if (bytes.includes(secret)) found.add(secret);
  }
  expect(files).toBeGreaterThan(5);
  return [...found];
}
