import { describe, test } from "vitest";
import { missing } from "../local/chromium.ts";

export { launch } from "../local/chromium.ts";

/** A `describe` that is skipped, loudly, where there is no Chromium; in CI it fails. */
export function describeInChromium(name: string, body: () => void): void {
  if (!missing) return void describe(name, body);
  process.stderr.write(`\n*** SKIPPED: ${name}. ${missing}\n\n`);
  if (process.env["CI"] !== "true") return void describe.skip(name, body);
  test(name, () => {
    throw new Error(missing);
  });
}
