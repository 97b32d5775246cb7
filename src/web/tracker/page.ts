import type { StartInput } from "../../protocol/track";
import { cleanUrl } from "./url";

/** What a start says of this device, and of the visit that begins with `page`; `referrer`: what led there, if anything did. */
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
      // A browser's first look takes as long as all the rest of this file: by now the page is idle, or about to leave.
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
