import { deviceClass } from "../../network/visitor";
import { type Finding, type Rule, saw } from "../rule";
import type { Scored } from "../scored";

/** Bot: what the page measures of its browser. */

const bot = { version: 1, score: "bot" } as const;
const BOTD = "Signals of BotD (FingerprintJS, MIT), checked against user-agents and fingerprint-generator";

/** By the page's own user agent; an iPad that claims to be a Mac, a television and a console are no desktops. */
const isDesktop = (state: Scored): boolean => state.agent !== null && deviceClass(state) === "desktop";
const isDesktopChrome = (state: Scored): boolean =>
  isDesktop(state) && (state.agent?.browser === "chrome" || state.agent?.browser === "edge");
/** Every desktop Chrome lists PDF viewers as plugins since this version; before it, policies could remove them. */
const CHROME_WITH_PDF_PLUGINS = 94;

const SOFTWARE_RENDERER = /swiftshader|llvmpipe|softpipe|software rasterizer|mesa offscreen|virtualbox/i;

function oddScreen(state: Scored): Finding | null {
  const { width, height, color_depth: depth } = state.screen ?? {};
  if (width == null || height == null) return null;
  if (width === 0 || height === 0) return saw(`a screen of ${width} × ${height}`);
  if (isDesktop(state) && (width < 640 || height < 480)) return saw(`a desktop with a screen of ${width} × ${height}`);
  if (isDesktop(state) && width === 800 && height === 600) return saw("the headless default screen of 800 × 600");
  return depth != null && depth < 16 ? saw(`a screen of ${depth} bits a pixel`) : null;
}

export const SIGNAL_RULES: readonly Rule[] = [
  {
    ...bot,
    id: "bot.webdriver",
    points: 70,
    class: "convicting",
    watch: ["client"],
    needs: ["signals"],
    test: ({ signals }) => (signals?.["webdriver"] === true ? saw("navigator.webdriver is true") : null),
    about: "The browser says that it is driven by a program.",
    source: "WebDriver (W3C), navigator.webdriver",
    example: "Playwright, Puppeteer or Selenium with their defaults",
  },
  {
    ...bot,
    id: "bot.no_plugins",
    points: 15,
    class: "convicting",
    watch: ["client"],
    needs: ["signals"],
    test: (state) =>
      state.signals?.["plugins"] === 0 && isDesktopChrome(state) && (state.agent?.major ?? 0) >= CHROME_WITH_PDF_PLUGINS
        ? saw("a desktop Chrome without plugins")
        : null,
    about: "A desktop Chrome (94 or newer) without the plugins every one of them lists.",
    source: BOTD,
    example: "the old headless mode",
  },
  {
    ...bot,
    id: "bot.zero_outer_size",
    points: 30,
    class: "convicting",
    watch: ["client"],
    needs: ["signals"],
    test: (state) =>
      state.signals?.["outer_width"] === 0 && state.signals["outer_height"] === 0 && isDesktop(state)
        ? saw("a window of 0 × 0")
        : null,
    about: "A desktop browser whose window has no outer size.",
    source: BOTD,
    example: "the old headless mode",
  },
  {
    ...bot,
    id: "bot.no_chrome_object",
    points: 25,
    class: "convicting",
    watch: ["client"],
    needs: ["signals"],
    test: (state) =>
      state.signals?.["chrome"] === false && isDesktopChrome(state)
        ? saw("a desktop Chrome without window.chrome")
        : null,
    about: "A desktop Chrome without window.chrome.",
    source: BOTD,
    example: "the old headless mode, or another engine under Chrome's name",
  },
  {
    ...bot,
    id: "bot.software_renderer",
    points: 15,
    class: "supporting",
    watch: ["client"],
    needs: ["signals"],
    test: (state) => {
      const renderer = state.signals?.["renderer"];
      const match = typeof renderer === "string" && isDesktop(state) ? SOFTWARE_RENDERER.exec(renderer) : null;
      return match ? saw(`graphics by ${match[0]}`) : null;
    },
    about: "A desktop browser that draws in software: a server, or a virtual machine. People have those too.",
    source: BOTD,
    example: "SwiftShader in a container",
  },
  {
    ...bot,
    id: "bot.odd_screen",
    points: 5,
    class: "supporting",
    watch: ["client"],
    test: oddScreen,
    about: "A screen that no desktop has: nothing, 800 × 600, fewer than 16 bits a pixel.",
    source: BOTD,
    example: "headless defaults",
  },
];
