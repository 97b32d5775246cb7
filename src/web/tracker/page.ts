import type { StartInput } from "../../protocol/track";
import { cleanUrl } from "./url";

/** The facts of a start: this device, and the visit that begins with `page`. `referrer` is the address that led there, or empty. */
export function startFacts(page: string, referrer: string): StartInput {
  // Not in TypeScript's DOM library: https://www.w3.org/TR/device-memory/, and Chromium's own object.
  const device: Navigator & { deviceMemory?: number } = navigator;
  return {
    page,
    referrer: cleanUrl(referrer),
    device_info: {
      user_agent: device.userAgent,
      language: device.language,
      languages: device.languages.slice(0, 16),
      platform: device.platform,
      // The first call of `Intl` takes as long as the rest of this file. By now the page is idle, or about to be left.
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      hardware_concurrency: device.hardwareConcurrency,
      device_memory: device.deviceMemory,
    },
    screen: {
      width: screen.width,
      height: screen.height,
      color_depth: screen.colorDepth,
      pixel_ratio: devicePixelRatio,
    },
    signals: {
      webdriver: device.webdriver,
      plugins: device.plugins.length,
      outer_width: outerWidth,
      outer_height: outerHeight,
      chrome: "chrome" in window,
      touch: device.maxTouchPoints,
    },
  };
}
