/** Browsers put a frame after "at", or behind "@". */
const FRAME = /^\s*at .*:\/\/|^\S*@\S+:\/\//;
/** Scripts of the visitor's own browser; Safari masks their addresses. */
const EXTENSION = /(?:^|[\s(@])(?:[a-z-]+-extension|webkit-masked-url):\/\//;

/**
 * Whether an error is nobody's to mend: a browser's remark on its layout, an error of which the browser says neither what
 * nor where, one of an extension's script, or a call that the page itself has given up.
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
