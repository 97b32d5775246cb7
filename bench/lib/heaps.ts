// The heaps of a runtime's isolates, from its inspector, which answers only while the runtime is idle.
import { openSocket } from "../load/wire.ts";

/** How the runtime names its isolates. On Cloudflare D1 is on another machine than the Worker. */
const OWNERS: readonly (readonly [name: RegExp, of: string])[] = [
  [/^core:user:/, "the Worker"],
  [/^d1:/, "the local D1's (on Cloudflare another machine's)"],
  [/./, "the local runtime's others"],
];

/** MB by owner: V8's heap, with what is free in it, and buffers. */
export type Heaps = Record<string, number>;

/** @param port The inspector's. */
export async function openHeaps(port: number): Promise<() => Promise<Heaps>> {
  const list = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    id: string;
    webSocketDebuggerUrl: string;
  }[];
  const isolates = await Promise.all(
    list.map(async ({ id, webSocketDebuggerUrl }) => {
      const wire = await openSocket(port, new URL(webSocketDebuggerUrl).pathname);
      return { of: OWNERS.find(([name]) => name.test(id))?.[1] ?? id, wire };
    }),
  );
  return async () => {
    const heaps: Heaps = {};
    for (const { of, wire } of isolates) {
      const { result } = JSON.parse(await wire.send(JSON.stringify({ id: 1, method: "Runtime.getHeapUsage" })));
      heaps[of] = (heaps[of] ?? 0) + (result.totalSize + result.backingStorageSize) / 2 ** 20;
    }
    return heaps;
  };
}
