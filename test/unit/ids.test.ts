import { describe, expect, it } from "vitest";
import { isOwn, secret, uuid } from "../../src/web/tracker/ids";

/** What the tracker makes, and knows again as its own. */

describe("an id that is kept on the device", () => {
  it("is the tracker's own", () => {
    expect(isOwn(uuid())).toBe(true);
  });

  it.each<[string, unknown]>([
    ["with a digit more", `${uuid()}0`],
    ["with a digit less", uuid().slice(1)],
    ["that is two", secret()],
    ["in capitals", "A".repeat(36)],
    ["that is absent", null],
    ["that is a list of one", [uuid()]],
    ["that is a number", 36],
  ])("%s is not", (_, id) => {
    expect(isOwn(id)).toBe(false);
  });
});

describe("a secret that is kept on the device", () => {
  it("is the tracker's own with its whole length only", () => {
    const made = secret();
    expect(isOwn(made, 72)).toBe(true);
    for (const other of [uuid(), made.slice(1), `${made}0`, null]) expect(isOwn(other, 72)).toBe(false);
  });
});
