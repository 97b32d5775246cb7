import { describe, expect, it } from "vitest";
import { addressFacts, CAMPAIGN } from "../../src/web/tracker/campaign";

describe("a campaign, as the tracker knows it by the names of parameters,", () => {
  it.each([
    "utm_source",
    "utm_id",
    "gclid",
    "GCLID",
    "wbraid",
    "gbraid",
    "gad_source",
    "gad_campaignid",
    "dclid",
    "yclid",
    "ttclid",
    "twclid",
    "li_fat_id",
    "rdt_cid",
    "ScCid",
    "sccid",
    "epik",
    "tblci",
    "dicbo",
    "awc",
    "cjevent",
    "irclickid",
    "mc_cid",
    "fbclid",
    "msclkid",
  ])("is told by %s", (name) => {
    expect(CAMPAIGN.test(name)).toBe(true);
  });

  it.each(["igsh", "igshid", "srsltid", "mc_eid", "cid", "id", "page", "epik2", "xawc", "q", "gad", "braid"])(
    "is not told by %s",
    (name) => {
      expect(CAMPAIGN.test(name)).toBe(false);
    },
  );

  it.each([
    ["?a=1&utm_source=mail&epik=2#b", "utm_source=mail&epik=2"],
    ["?gclid=&utm_source=mail", "utm_source=mail"],
    ["?gclid=&utm_source", ""],
    ["?igsh=1&srsltid=2", ""],
    ["", ""],
  ])("of %j is %j: what is empty begins no session", (query, campaign) => {
    expect(addressFacts(`https://shop.example/${query}`).campaignQuery).toBe(campaign);
  });
});

describe("a view, as the tracker tells one page from the next,", () => {
  const view = (address: string) => addressFacts(`https://shop.example${address}`).shownView;

  it.each([
    ["/docs", "/docs#sec-2"],
    ["/?utm_source=mail&gclid=1&a=1", "/?a=1"],
    ["/?gclid=", "/"],
    ["/#/cart", "/#/pay"],
  ])("is the same at %s and %s", (one, other) => {
    expect(view(one)).toBe(view(other));
  });

  it.each([
    ["/docs", "/docs/"],
    ["/?a=1", "/?a=2"],
    ["/list", "/list?page=2"],
  ])("is another at %s than at %s", (one, other) => {
    expect(view(one)).not.toBe(view(other));
  });
});
