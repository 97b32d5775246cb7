import { expect, test } from "vitest";
import { live, liveCount } from "./analytics";
import { sessionIdOf } from "./created";
import { describeVisits } from "./setting";

describeVisits("a page whose calls are watched by other tools", (setting) => {
  test("is heard while it is open, with what they add to each call", async () => {
    const { server, shop } = setting;
    const context = await setting.visitor();
    await context.addInitScript(() => {
      const call = window.fetch;
      window.fetch = (input, init) => {
        const headers = new Headers(init?.headers);
        headers.set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        headers.set("tracestate", "dd=s:1;o:rum");
        headers.set("baggage", "sentry-environment=production");
        headers.set("sentry-trace", "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1");
        headers.set("X-Datadog-Trace-Id", "5577006791947779410");
        headers.set("X-B3-TraceId", "0af7651916cd43dd8448eb211c80319c");
        headers.set("newrelic", "eyJ2IjpbMCwxXX0=");
        headers.set("x-instana-t", "0af7651916cd43dd");
        return call(input, { ...init, headers });
      };
    });
    const page = await setting.visit(shop.url, context);
    const id = await sessionIdOf(page);
    await liveCount(server, id, "page_view", 1);
    await page.click("#buy");
    await liveCount(server, id, "click", 1);
    expect(await live(server, id)).toMatchObject({ ended_at: null });
    await setting.depart(page, id);
  });
});
