import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A site that is not PulseGate: its own origin, the tag, something to click, to fill in and to scroll. */
export interface Shop {
  url: string;
  close(): Promise<void>;
}

export interface ShopOptions {
  /** Attributes of the tag besides `src`. */
  tag?: string;
  /** Which script the tag names. */
  script?: string;
  headers?: Record<string, string>;
  /** More of the page's body. */
  body?: string;
  /** Where the script of `/back` comes from, if from somewhere else. */
  back?: string;
}

const html = (tracker: string, { tag = "", script = "tracker.js", body = "" }: ShopOptions): string => `<!doctype html>
<title>Shop</title>
<script async src="${tracker}/${script}" ${tag.includes("data-site") ? "" : `data-site="shop"`} ${tag}></script>
<main id="shop">
  <p><button id="buy" class="primary large">Buy</button> <button class="plain">Look</button></p>
  <p><a id="next" href="/cart?step=1">Cart</a> <input name="card" value="4111111111111111"></p>
  ${body}
  <div style="height: 4000px">A long page</div>
</main>`;

/** `/blank` is a page of the same origin without the tag. */
export async function openShop(tracker: string, options: ShopOptions = {}): Promise<Shop> {
  const { back = tracker } = options;
  const server = createServer(({ url }, response) => {
    const headers = { "Content-Type": "text/html; charset=utf-8", ...options.headers };
    response
      .writeHead(200, headers)
      .end(url === "/blank" ? "<!doctype html>" : html(url === "/back" ? back : tracker, options));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
