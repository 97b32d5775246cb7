import { describe, expect, it } from "vitest";
import { agentOf } from "../../src/core/network/agent";
import type { NetworkClasses } from "../../src/core/network/classes";
import { newHead } from "../../src/core/session/head";
import { newProgress } from "../../src/core/session/progress";
import { summary } from "../../src/core/session/view";
import { readDetail } from "../../src/data/store/session-row/read";
import { writeDetail } from "../../src/data/store/session-row/write";
import { foldLog } from "../../src/ops/backtest";
import { android, compatible, iphone, mac, windows } from "../support/agents";
import { HOME, logOf, start, T0 } from "../support/log";

/** What a session says of who visits, in its summary and again from its row. */

interface Said {
  page?: string;
  header?: string;
  platform?: string;
  touch?: number;
  screen?: [number, number];
  network?: Partial<NetworkClasses>;
}

function seen({ page, header, platform, touch, screen, network }: Said) {
  const entry = start({
    device:
      page === undefined && platform === undefined ? null : { user_agent: page ?? null, platform: platform ?? null },
    screen: screen ? { width: screen[0], height: screen[1] } : null,
    signals: touch === undefined ? null : { touch },
    agent: agentOf(page),
    network: { ...HOME, agent: agentOf(header), ...network },
  });
  const state = foldLog(logOf(entry));
  const whole = summary(newHead("11111111-2222-4333-8444-555555555555", "a", T0), state, newProgress(0));
  const row = { started_at: T0, last_seq: state.seq, engagement: 0 };
  const read = readDetail(writeDetail(whole, row), row);
  expect(read).toEqual(whole);
  const { device_class, browser, os, bot_name, bot_kind, bot_proof } = read;
  return { device_class, browser, os, bot_name, bot_kind, bot_proof };
}

const WINDOWS = windows("Chrome/140.0.0.0 Safari/537.36");
const SAFARI = mac("Version/17.4 Safari/605.1.15");
const NO_BOT = { bot_name: null, bot_kind: null, bot_proof: null };

describe("a visitor", () => {
  it.each<[string, Said, object]>([
    [
      "of a page and its request",
      { page: WINDOWS, header: WINDOWS },
      { device_class: "desktop", browser: "chrome", os: "windows" },
    ],
    [
      "of a request alone",
      { header: android("Pixel 9") },
      { device_class: "mobile", browser: "chrome", os: "android" },
    ],
    [
      "that a server passes on",
      { page: iphone("Version/18.5 Mobile/15E148 Safari/604.1"), header: "Acme-Shop/2.1", network: { headers: null } },
      { device_class: "mobile", browser: "safari", os: "ios" },
    ],
    [
      "whose page and request differ",
      { page: SAFARI, header: WINDOWS },
      { device_class: "desktop", browser: "safari", os: "macos" },
    ],
    [
      "on an iPad that says it is a Mac",
      { page: SAFARI, header: SAFARI, touch: 5, screen: [820, 1180] },
      { device_class: "tablet", browser: "safari", os: "ios" },
    ],
    [
      "on an iPhone that says it is a Mac",
      { page: SAFARI, header: SAFARI, touch: 5, screen: [390, 844] },
      { device_class: "mobile", browser: "safari", os: "ios" },
    ],
    [
      "on a Mac",
      { page: SAFARI, header: SAFARI, touch: 0, screen: [1440, 900] },
      { device_class: "desktop", browser: "safari", os: "macos" },
    ],
    [
      "on an Android tablet's desktop site",
      {
        page: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 Safari/537.36",
        platform: "Linux armv81",
        touch: 10,
        screen: [800, 1280],
      },
      { device_class: "tablet", browser: "chrome", os: "android" },
    ],
    ["of whom nothing is known", {}, { device_class: "unknown", browser: null, os: null }],
  ])("%s", (_, said, known) => {
    expect(seen(said)).toEqual({ ...known, ...NO_BOT });
  });
});

describe("a bot", () => {
  const GPT = compatible("GPTBot/1.2; +https://openai.com/gptbot");

  it("is claimed by its agent, and verified by the edge", () => {
    expect(seen({ header: GPT })).toMatchObject({ bot_name: "GPTBot", bot_kind: "training", bot_proof: "claimed" });
    expect(seen({ page: GPT, header: GPT, network: { verified_bot: "AI Crawler" } })).toMatchObject({
      bot_name: "GPTBot",
      bot_kind: "training",
      bot_proof: "verified",
    });
  });

  it("that the edge alone knows has its category's kind and no name", () => {
    expect(seen({ page: WINDOWS, header: WINDOWS, network: { verified_bot: "AI Assistant" } })).toMatchObject({
      bot_name: null,
      bot_kind: "fetch",
      bot_proof: "verified",
      browser: "chrome",
    });
  });

  it("of the request counts where the page's agent hides it, but not where a server only passes the page's on", () => {
    const hidden = { page: WINDOWS, header: windows("HeadlessChrome/140.0.0.0 Safari/537.36") };
    expect(seen(hidden)).toMatchObject({ bot_name: "HeadlessChrome", bot_kind: "automation", bot_proof: "claimed" });
    expect(seen({ page: WINDOWS, header: "Faraday v2.7.4", network: { headers: null } })).toMatchObject(NO_BOT);
  });
});
