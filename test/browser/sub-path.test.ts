import { expect, test } from "vitest";
import { liveCount, session } from "./analytics";
import { sessionIdOf } from "./created";
import { describeVisits } from "./setting";
import { openSubPath } from "./sub-path";
import { CONTACT, use } from "./use";

describeVisits("a script below a path of the page's own site", (setting) => {
  const page = (tag: string): string => `<!doctype html><title>Shop</title><script async ${tag}></script>
    <button id="buy">Buy</button> <button class="plain">Look</button> ${CONTACT}`;

  const versionOf = async (name: string): Promise<string> => {
    const { headers } = await fetch(`${setting.server.url}/${name}`);
    return (headers.get("SourceMap") ?? "").split("/")[2] ?? "";
  };

  test.each([
    ["as it is", async () => 'src="/pg/pulse.js" data-site="shop"'],
    ["with a query", async () => 'src="/pg/pulse.js?from=/some/where" data-site="shop"'],
    ["as a module", async () => 'type="module" src="/pg/pulse.js" data-site="shop"'],
    ["by its version", async () => `src="/pg/v/${await versionOf("pulse.js")}/pulse.js" data-site="shop"`],
  ])("sends below that path, and loads the rest from there: %s", async (_, tag) => {
    const { server } = setting;
    const html = page(await tag());
    const shop = await openSubPath(server.url, "/pg", () => html);
    try {
      const asked: URL[] = [];
      const context = await setting.visitor();
      context.on("request", (request) => asked.push(new URL(request.url())));
      context.on("page", (one) => void one.on("websocket", (socket) => asked.push(new URL(socket.url()))));
      const visited = await setting.visit(shop.url, context, "/fingerprint.js");
      const id = await use(setting, visited);
      await setting.depart(visited, id);
      const own = asked.filter(({ pathname }) => !["/", "/blank", "/favicon.ico"].includes(pathname));
      expect(own.filter(({ pathname }) => !pathname.startsWith("/pg/")).map(String)).toEqual([]);
      const names = own.map(({ pathname }) => pathname);
      for (const name of ["/pg/track/events/batch", "/pg/track/socket", "/pg/lead"]) expect(names).toContain(name);
      expect(names.some((name) => /^\/pg\/v\/\w{12}\/lead\.js$/.test(name))).toBe(true);
      expect(await session(server, id)).toMatchObject({ site: "shop" });
    } finally {
      await shop.close();
    }
  });

  test("sends where the tag says, if it says so", async () => {
    const { server } = setting;
    const html = page(`src="/pg/pulse.js" data-site="shop" data-endpoint="${server.url}"`);
    const shop = await openSubPath(server.url, "/pg", () => html);
    try {
      const visited = await setting.visit(shop.url);
      const id = await sessionIdOf(visited);
      await liveCount(server, id, "page_view", 1);
      const files = await visited.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
      expect(files).toContain(`${server.url}/track/events/batch`);
      expect(files.filter((name) => name.includes("/pg/"))).toEqual([`${shop.url}/pg/pulse.js`]);
      await visited.close();
    } finally {
      await shop.close();
    }
  });
});
