import { describe, expect, it } from "vitest";
import { isClaim, isProvable, visitorOf } from "../../src/core/session/calls/visitor-id";

/** Ids that are made of a secret. */

const SECRET = "0123456789abcdef0123456789abcdef";
const MADE = "3c331bfc-87e5-8983-838c-0d50e30a5b84";

describe("a visitor's id", () => {
  it.each([
    // SHA-256 by OpenSSL: 3c331bfc87e5b983038c0d50e30a5b84…, and 5ccda08d2aa5672fc8320d346e2e6da3….
    [SECRET, MADE],
    ["~".repeat(128), "5ccda08d-2aa5-872f-8832-0d346e2e6da3"],
  ])("is made of the secret %s", async (secret, id) => {
    expect(await visitorOf(secret)).toBe(id);
  });

  it("is a UUID of version 8, whatever the secret", async () => {
    const made = await Promise.all(Array.from({ length: 200 }, (_, i) => visitorOf(`${SECRET}${i}`)));
    expect(made.filter((id) => !isProvable(id))).toEqual([]);
    expect(new Set(made).size).toBe(200);
  });

  it.each([
    ["of version 4", "3c331bfc-87e5-4983-838c-0d50e30a5b84"],
    ["of another variant", "3c331bfc-87e5-8983-c38c-0d50e30a5b84"],
    ["in capitals, which no secret makes", MADE.toUpperCase()],
    ["with more behind it", `${MADE}0`],
    ["with more before it", `0${MADE}`],
    ["that is no UUID", "v-42"],
  ])("cannot be proven %s", (_, id) => {
    expect(isProvable(id)).toBe(false);
  });
});

describe("a session that names a visitor", () => {
  it.each([
    ["who can prove it, and has not", { visitor_id: MADE }, true],
    ["who has proven it", { visitor_id: MADE, visitor_proven: true as const }, false],
    ["whom nobody can prove to be", { visitor_id: "v-42" }, false],
    ["that is nobody", { visitor_id: null }, false],
    ["no more", null, false],
  ])("%s claims or not", (_, named, claims) => {
    expect(isClaim(named)).toBe(claims);
  });
});
