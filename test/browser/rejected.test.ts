import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { liveCount } from "./analytics";
import { sessionIdOf } from "./created";
import { describeVisits, started } from "./setting";

/** Who develops a page is told what is not taken; a visitor's console stays empty. */

interface Told {
  code?: string;
  detail?: string;
  rejected?: { index: number; code: string; detail: string }[];
  events: { event_type: string; data?: unknown }[];
}

describeVisits("what is rejected", (setting) => {
  async function opened(tag = ""): Promise<{ page: Page; console: string[]; told: () => Promise<Told[]> }> {
    const shop = await setting.otherShop({ tag });
    const page = await (await setting.visitor()).newPage();
    const said: string[] = [];
    page.on("console", (message) => void said.push(`${message.type()}: ${message.text()}`));
    await page.goto(shop.url);
    await started(page);
    await page.evaluate(() => {
      const told: unknown[] = [];
      Object.assign(window, { told });
      window.PulseGate?.on("rejected", (rejection) => void told.push(rejection));
    });
    return { page, console: said, told: () => page.evaluate(() => (window as unknown as { told: Told[] }).told) };
  }

  test("by the server is told, by event or as a whole, and the rest of its batch is taken", async () => {
    const { page, console, told } = await opened();
    const id = await sessionIdOf(page);
    await page.evaluate((long) => {
      window.PulseGate?.track("Good Name");
      window.PulseGate?.track(long, { at: 1 });
      window.PulseGate?.track("good.name");
    }, "x".repeat(65));
    await expect.poll(told).toHaveLength(1);
    const [rejection] = await told();
    expect(rejection?.rejected).toEqual([
      {
        index: expect.any(Number),
        code: "invalid_event",
        detail: expect.stringMatching(/^event_type: must have 1 to 64 /),
      },
    ]);
    const { index = -1 } = rejection?.rejected?.[0] ?? {};
    expect(rejection?.events[index]).toMatchObject({ event_type: "x".repeat(65), data: { at: 1 } });
    await liveCount(setting.server, id, "good.name", 1);

    await page.evaluate(() => {
      window.PulseGate?.track("");
      window.PulseGate?.flush();
    });
    await expect.poll(told).toHaveLength(2);
    expect((await told())[1]).toMatchObject({ events: [{ event_type: "" }] });
    await expect
      .poll(() => console.filter((line) => line.startsWith("warning: PulseGate rejected invalid_event")))
      .toHaveLength(1);
    await page.context().close();
  });

  test("by the tracker is told a moment later, and what can be no event at all takes nothing with it", async () => {
    const { page, console, told } = await opened();
    await page.evaluate(() => {
      const circle: Record<string, unknown> = {};
      circle["self"] = circle;
      window.PulseGate?.track("circle", circle);
      window.PulseGate?.track("proto", JSON.parse('{"a":{"__proto__":1}}'));
      window.PulseGate?.track("deep", JSON.parse(`{"a":${"[".repeat(30)}${"]".repeat(30)}}`));
    });
    const types = async () => (await told()).flatMap(({ events }) => events.map(({ event_type }) => event_type));
    await expect.poll(types).toEqual(["proto", "deep"]);
    expect(console.filter((line) => line.startsWith("warning: PulseGate rejected invalid_data"))).toHaveLength(2);
    await page.context().close();
  });

  test("is not in the console of a page that says it is no page under development", async () => {
    const { page, console, told } = await opened('data-debug="false"');
    await page.evaluate(() => window.PulseGate?.track("proto", JSON.parse('{"__proto__":1}')));
    await expect.poll(told).toHaveLength(1);
    expect(console).toEqual([]);
    await page.context().close();
  });

  test("has no secret of a name: it goes on the page", async () => {
    const { page } = await opened();
    const wire: string[] = [];
    page.on("request", (request) => void wire.push(request.postData() ?? ""));
    page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => void wire.push(String(payload))));
    await page.reload();
    const id = await sessionIdOf(page);
    await page.evaluate(() => window.PulseGate?.track("Mail to jane@example.com"));
    await expect.poll(() => wire.join("\n")).toContain("Mail to :secret");
    expect(wire.join("\n")).not.toContain("jane");
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    await page.context().close();
  });
});
