import { queueKey } from "../../keys";
import type { Kit } from "../../kit";
import { LEASE_MS } from "../../limits";
import type { Kept } from "../../outbox";
import { BEACONED, release, SENT } from "../../queue";
import { listen, safe } from "../../safe";
import { bound } from "./lost";

const lockName = (page: string): string => `pulsegate.page.${page}`;

const readAt = (key: string): Kept => JSON.parse(localStorage.getItem(key) ?? "");

/** Finds what earlier pages, and tabs that are no more, have left, and takes it over: each is one page's at a time. */
export const recover = safe((kit: Kit) => {
  hold(kit.pageName);
  // Back from the back/forward cache: nobody else is to take over what this page has again.
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

/** A page's lock is held while it lives, and let go when it leaves: a page that holds one is not kept for a return. */
function hold(page: string): void {
  const until = (): Promise<void> => new Promise((release) => listen("pagehide", () => release()));
  navigator.locks?.request(lockName(page), until).catch(() => {});
}

/** Calls `then` if `page` is no more, in one tab at a time; without Web Locks always. */
function ifGone(page: string, then: () => void): void {
  const withLock = async (lock: Lock | null): Promise<void> => {
    if (lock) then();
  };
  if (navigator.locks) navigator.locks.request(lockName(page), { ifAvailable: true }, withLock).catch(() => {});
  else then();
}

const take = safe((key: string, owner: string, { streams, keepAll, flushQueue }: Kit) => {
  const { page, held, ...stream } = readAt(key);
  // Another tab was quicker. Without Web Locks: what was written a moment ago still has its page.
  if (page !== owner || (!navigator.locks && Date.now() - held < LEASE_MS)) return;
  release(stream, SENT);
  release(stream, BEACONED);
  bound(stream, Date.now());
  // This page's from now on.
  streams.push(stream);
  keepAll(Date.now());
  flushQueue();
});
