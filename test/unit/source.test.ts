import { describe, expect, it } from "vitest";
import { deviceClass } from "../../src/session/source";

describe("a device", () => {
  it.each([
    ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140", "desktop"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile/15E148", "mobile"],
    ["Mozilla/5.0 (iPod touch)", "mobile"],
    ["Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140 Mobile Safari", "mobile"],
    ["Mozilla/5.0 (Linux; Android 15; SM-X710) Chrome/140 Safari", "tablet"],
    ["Mozilla/5.0 (iPad; CPU OS 17_0) Mobile/15E148", "tablet"],
    ["Mozilla/5.0 (Tablet; rv:68.0) Gecko", "tablet"],
    ["Opera Mobi", "mobile"],
  ])("that says %j is a %s", (user_agent, kind) => {
    expect(deviceClass({ user_agent })).toBe(kind);
  });

  it("that says nothing is not known", () => {
    for (const device of [null, {}, { user_agent: null }, { user_agent: "" }])
      expect(deviceClass(device)).toBe("unknown");
  });
});
