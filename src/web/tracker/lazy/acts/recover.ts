import { queueKey } from "../../keys";
import type { Kit } from "../../kit";
import { LEASE_MS } from "../../limits";
import type { Kept } from "../../outbox";
import { BEACONED, release, SENT } from "../../queue";
import { listen, safe } from "../../safe";
import { bound } from "./lost";

const lockName = (page: string): string => `pulsegate.page.${page}`;

const readAt = (key: string): Kept => JSON.parse(localStorage.getItem(key) ?? "");

/** Takes over the queues of pages and tabs that are gone. Each queue belongs to one page at a time. */
export const recover = safe((kit: Kit) => {
  hold(kit.pageName);
  // Back from the back/forward cache: hold the lock again, so that no other page takes over the queue.
  listen("pageshow", ({ persisted }) => persisted && hold(kit.pageName));
  const left = new Map<string, string[]>();
  for (const key of Object.keys(localStorage)) {
    if (key.indexOf(queueKey(kit.options.site, "")) !== 0) continue;
    safe(() => {
      const { page } = readAt(key);
      left.set(page, [...(left.get(page) ?? []), key]);
    })();
  }
  left.delete(kit.pageName);
  for (const [page, keys] of left) {
    ifGone(page, () => {
      for (const key of keys) take(key, page, kit);
    });
  }
});

/** Holds the page's lock until the page is left, because the back/forward cache takes no page that holds a lock. */
function hold(page: string): void {
  const until = (): Promise<void> => new Promise((release) => listen("pagehide", () => release()));
  navigator.locks?.request(lockName(page), until).catch(() => {});
}

/** Calls `then` if `page` is gone, in one tab at a time. Without Web Locks it always calls it. */
function ifGone(page: string, then: () => void): void {
  const withLock = async (lock: Lock | null): Promise<void> => {
    if (lock) then();
  };
  if (navigator.locks) navigator.locks.request(lockName(page), { ifAvailable: true }, withLock).catch(() => {});
  else then();
}

const take = safe((key: string, owner: string, { streams, keepAll, flushQueue }: Kit) => {
  const { page, held, ...stream } = readAt(key);
  // Skip the queue if another tab took it first, or if, without Web Locks, it was written a moment ago: then its page still lives.
  if (page !== owner || (!navigator.locks && Date.now() - held < LEASE_MS)) return;
  release(stream, SENT);
  release(stream, BEACONED);
  bound(stream, Date.now());
  // The queue is this page's from now on.
  streams.push(stream);
  keepAll(Date.now());
  flushQueue();
});
