import type { StartInput } from "../protocol/track";
import { URL_UNITS } from "./limits";

const isHttp = (url: string): boolean => /^https?:/.test(url);

/** The address as the server takes it; undefined for `file:`, `about:` and the like. A long one loses its query. */
export function pageUrl(): string | undefined {
  const { href, origin, pathname } = location;
  if (!isHttp(href)) return undefined;
  return href.length > URL_UNITS ? (origin + pathname).slice(0, URL_UNITS) : href;
}

/** What a start says of this page load and device; null where there is no page to speak of. */
export function startFacts(): StartInput | null {
  const page = pageUrl();
  if (!page) return null;
  const { referrer } = document;
  return {
    page,
    ...(isHttp(referrer) && referrer.length <= URL_UNITS && { referrer }),
    device_info: deviceInfo(),
    screen: {
      width: screen.width,
      height: screen.height,
      color_depth: screen.colorDepth,
      pixel_ratio: devicePixelRatio,
    },
  };
}

function deviceInfo(): StartInput["device_info"] {
  // Chromium only, and not in TypeScript's DOM library: https://www.w3.org/TR/device-memory/
  const device: Navigator & { deviceMemory?: number } = navigator;
  return {
    user_agent: device.userAgent.slice(0, 1_024),
    language: device.language,
    languages: device.languages.slice(0, 16),
    platform: device.platform,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    hardware_concurrency: device.hardwareConcurrency,
    device_memory: device.deviceMemory,
  };
}
