import { describe, expect, it } from "vitest";
import { CAMPAIGN, campaignOf } from "../../src/browser/campaign";

describe("a campaign, as the tracker knows it by the names of parameters,", () => {
  it.each([
    ...["utm_source", "utm_id", "gclid", "GCLID", "wbraid", "gbraid", "gad_source", "gad_campaignid", "dclid"],
    ...["yclid", "ttclid", "twclid", "li_fat_id", "rdt_cid", "ScCid", "sccid", "epik", "tblci", "dicbo", "awc"],
    ...["cjevent", "irclickid", "mc_cid", "fbclid", "msclkid"],
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
    expect(campaignOf(`https://shop.example/${query}`)).toBe(campaign);
  });
});
