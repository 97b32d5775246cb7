/** A stack frame: browsers write it after "at" or behind "@". */
const FRAME = /^\s*at .*:\/\/|^\S*@\S+:\/\//;
/** Addresses of scripts of browser extensions. Safari masks them. */
const EXTENSION = /(?:^|[\s(@])(?:[a-z-]+-extension|webkit-masked-url):\/\//;

/**
 * Whether the page's developer cannot fix an error: a browser's remark on layout, an error without message and place ("Script
 * error."), an error in an extension's script, or a call that the page aborted itself.
 */
export function isNoise(message: string, error: unknown, source = ""): boolean {
  const { name, stack } = (error ?? {}) as Partial<Error>;
  if (/ResizeObserver loop/.test(message) || name === "AbortError") return true;
  if (/^Script error\.?$/.test(message) && !source) return true;
  const frame = String(stack ?? "")
    .split("\n")
    .find((line) => FRAME.test(line));
  return EXTENSION.test(source || frame || "");
}
