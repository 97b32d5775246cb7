import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A site that is not PulseGate: its own origin, the tag, something to click and something to scroll. */
export interface Shop {
  url: string;
  close(): Promise<void>;
}

interface ShopOptions {
  /** Attributes of the tag besides `src`. */
  tag?: string;
  headers?: Record<string, string>;
}

const html = (tracker: string, tag: string): string => `<!doctype html>
<title>Shop</title>
<script async src="${tracker}/tracker.js" data-site="shop" ${tag}></script>
<main id="shop">
  <p><button id="buy" class="primary large">Buy</button> <button class="plain">Look</button></p>
  <p><a id="next" href="/cart?step=1">Cart</a> <input name="card" value="4111111111111111"></p>
  <div style="height: 4000px">A long page</div>
</main>`;

export async function openShop(tracker: string, { tag = "", headers = {} }: ShopOptions = {}): Promise<Shop> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...headers }).end(html(tracker, tag));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
