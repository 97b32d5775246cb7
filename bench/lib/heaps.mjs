// @ts-check
// The heaps of a runtime's isolates, told by its inspector. It answers only while a runtime has nothing else to do.
import { openSocket } from "../load/wire.mjs";

/**
 * What the runtime names its isolates. On Cloudflare only the Worker is where the Worker is: D1 is another machine's.
 * @type {readonly (readonly [name: RegExp, of: string])[]}
 */
const OWNERS = [
  [/^core:user:/, "the Worker"],
  [/^d1:/, "the local D1's (on Cloudflare another machine's)"],
  [/./, "the local runtime's others"],
];

/** @typedef {Record<string, number>} Heaps  MB by whose they are: V8's heap, what is free in it included, and buffers. */

/**
 * @param {number} port  The inspector's.
 * @returns {Promise<() => Promise<Heaps>>}
 */
export async function openHeaps(port) {
  const list = /** @type {{ id: string, webSocketDebuggerUrl: string }[]} */ (
    await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()
  );
  const isolates = await Promise.all(
    list.map(async ({ id, webSocketDebuggerUrl }) => {
      const wire = await openSocket(port, new URL(webSocketDebuggerUrl).pathname);
      return { of: OWNERS.find(([name]) => name.test(id))?.[1] ?? id, wire };
    }),
  );
  return async () => {
    /** @type {Heaps} */
    const heaps = {};
    for (const { of, wire } of isolates) {
      const { result } = JSON.parse(await wire.send(JSON.stringify({ id: 1, method: "Runtime.getHeapUsage" })));
      heaps[of] = (heaps[of] ?? 0) + (result.totalSize + result.backingStorageSize) / 2 ** 20;
    }
    return heaps;
  };
}
