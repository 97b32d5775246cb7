// The heaps of a runtime's isolates, told by its inspector. It answers only while a runtime has nothing else to do.
import { openSocket } from "../load/wire.ts";

/** What the runtime names its isolates. On Cloudflare only the Worker is where the Worker is: D1 is another machine's. */
const OWNERS: readonly (readonly [name: RegExp, of: string])[] = [
  [/^core:user:/, "the Worker"],
  [/^d1:/, "the local D1's (on Cloudflare another machine's)"],
  [/./, "the local runtime's others"],
];

/** MB by whose they are: V8's heap, what is free in it included, and buffers. */
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
