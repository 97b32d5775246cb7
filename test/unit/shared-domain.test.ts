import { describe, expect, it } from "vitest";
import { isWithin } from "../../src/core/session/calls/domain";
import { visitorOf } from "../../src/core/session/calls/visitor-id";
import { isProof, proofOf, sharedDomain } from "../../src/core/session/calls/visitor-proof";
import { readFrom, type Shared, written } from "../../src/web/tracker/lazy/domain/shared";

const SHARED: Shared = {
  visitor: "0190c0de-0000-8000-8000-000000000001",
  proof: "a".repeat(64),
  id: "0190c0de-0000-4000-8000-000000000002",
  key: "0190c0de-0000-4000-8000-000000000003",
  at: 1_795_000_000_000,
  campaign: "utm_source=ä~b; Path=/&utm_campaign=1%",
};

describe("what the hosts of a domain share by a cookie", () => {
  it("is read as it was written, whatever a campaign is called", () => {
    const text = written(SHARED);
    expect(readFrom(text)).toEqual(SHARED);
    expect(text).not.toMatch(/[;,\s]/);
  });

  it("keeps the whole of a campaign with the ids of several ad networks", () => {
    const campaign = `utm_source=news&utm_campaign=${"spring".repeat(20)}&gclid=${"Cj0K".repeat(25)}&fbclid=${"IwAR".repeat(45)}`;
    expect(readFrom(written({ ...SHARED, campaign })).campaign).toBe(campaign);
  });

  it("fits a cookie, however long the campaign is", () => {
    expect(written({ ...SHARED, campaign: "日".repeat(5_000) }).length).toBeLessThan(4_000);
  });

  it.each(["", "~~~~~", "x~y~z", "%E0~%E0", `${SHARED.visitor}~short`, "a".repeat(5_000)])(
    "is nothing where it is malformed: %s",
    (text) => {
      expect(readFrom(text)).toMatchObject({ visitor: "", proof: "", id: "", key: "", at: 0 });
    },
  );

  it.each([
    ["shop.example", true],
    ["www.shop.example", true],
    ["evilshop.example", false],
    ["shop.example.evil.example", false],
    ["example", false],
  ])("is for the domain's own hosts: %s", (host, isTheirs) => {
    expect(isWithin("shop.example", host)).toBe(isTheirs);
    expect(sharedDomain("shop.example", `https://${host}`)).toBe(isTheirs ? "shop.example" : null);
  });
});

describe("a proof of a visitor", () => {
  it("holds for this visitor, site and domain, by this server, and for nothing else", async () => {
    const visitor_id = await visitorOf("a secret of thirty-two characters");
    const proven = { site: "shop", domain: "shop.example", visitor_id };
    const proof = await proofOf("server", proven);
    expect(proof).toMatch(/^[0-9a-f]{64}$/);
    expect(await isProof(proof, "server", proven)).toBe(true);
    expect(await isProof(proof, "another", proven)).toBe(false);
    expect(await isProof(proof, "server", { ...proven, site: "other" })).toBe(false);
    expect(await isProof(proof, "server", { ...proven, domain: "example.com" })).toBe(false);
    expect(
      await isProof(proof, "server", { ...proven, visitor_id: await visitorOf("another secret of the same length") }),
    ).toBe(false);
    expect(await isProof("0".repeat(64), "server", proven)).toBe(false);
    // A name that anybody may give themselves needs no proof, and has none.
    const named = { ...proven, visitor_id: "v-1" };
    expect(await isProof(await proofOf("server", named), "server", named)).toBe(false);
  });
});
