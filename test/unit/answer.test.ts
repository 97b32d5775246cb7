import { describe, expect, it } from "vitest";
import { accepted, plainPage, redirectTo, wantsPage } from "../../src/core/leads/answer";
import { Forms } from "../../src/protocol/form";
import { wayFrom } from "../../src/web/tracker/lazy/lead/way";

const PAGE = "https://shop.example:8443/contact/form";
const forms: Forms = { ...Forms.parse(undefined), redirect_hosts: ["other.example", "ported.example:9000"] };

describe("a plain form's way on", () => {
  it.each([
    ["https://shop.example:8443/thanks?a=1#b", "https://shop.example:8443/thanks?a=1#b"],
    ["/thanks", "https://shop.example:8443/thanks"],
    ["thanks", "https://shop.example:8443/contact/thanks"],
    ["https://other.example/", "https://other.example/"],
    ["https://other.example:1234/", "https://other.example:1234/"],
    ["https://OTHER.example", "https://other.example/"],
    ["https://ported.example:9000/", "https://ported.example:9000/"],
    ["//other.example/y", "https://other.example/y"],
  ])("may lead to %s", (wanted, way) => {
    expect(redirectTo(wanted, PAGE, forms)).toBe(way);
  });

  it.each([
    undefined,
    "",
    "https://evil.example/",
    "//evil.example/",
    "https://shop.example/",
    "https://shop.example:8444/",
    "https://ported.example/",
    "https://ported.example:9001/",
    "https://x.other.example/",
    "https://other.example.evil.example/",
    "https://other.example@evil.example/",
    "https://u@other.example/",
    "https://u:p@other.example/",
    "https://:p@other.example/",
    "https://:p@shop.example:8443/",
    "javascript:alert(1)",
    "javascript://other.example/%0aalert(1)",
    "ftp://other.example/",
    "data:text/html,x",
    "https://",
    "https://other.example:x/",
  ])("may not lead to %s", (wanted) => {
    expect(redirectTo(wanted, PAGE, forms)).toBeNull();
  });

  it.each([
    ["http://other.example/x?a#b", "https://other.example/x?a#b"],
    ["HTTP://other.example:80/", "https://other.example/"],
    ["http://ported.example:9000/", null],
    ["http://shop.example:8443/thanks", null],
    ["http://evil.example/", null],
  ])("is never on to http from a page on https, or on what nobody knows: %s", (wanted, way) => {
    expect(redirectTo(wanted, PAGE, forms)).toBe(way);
    if (!wanted.includes("shop.example")) {
      for (const hidden of [null, "null", "about:srcdoc"]) expect(redirectTo(wanted, hidden, forms)).toBe(way);
    }
  });

  it("may be on to http from a page that is http itself", () => {
    const page = "http://shop.example/contact";
    expect(redirectTo("thanks", page, forms)).toBe("http://shop.example/thanks");
    expect(redirectTo("http://ported.example:9000/", page, forms)).toBe("http://ported.example:9000/");
    expect(redirectTo("https://other.example/", page, forms)).toBe("https://other.example/");
  });

  it("is the same where the page's own script goes on", () => {
    const way = (wanted: string, here = PAGE) => wayFrom(here, wanted)?.href;
    expect(way("/thanks")).toBe("https://shop.example:8443/thanks");
    expect(way("http://other.example/x")).toBe("https://other.example/x");
    expect(way("http://other.example:9000/x")).toBeUndefined();
    expect(way("http://other.example/x", "http://shop.example/")).toBe("http://other.example/x");
    expect(way("javascript:alert(1)")).toBeUndefined();
    for (const malformed of ["https://[", "http://a b/"]) expect(way(malformed)).toBeUndefined();
  });

  it("is to a host that is named where the form's page is not known", () => {
    expect(redirectTo("https://other.example/", null, forms)).toBe("https://other.example/");
    expect(redirectTo("https://shop.example:8443/", null, forms)).toBeNull();
    expect(redirectTo("/thanks", null, forms)).toBeNull();
    for (const hidden of ["null", "", "about:srcdoc", "not a URL"]) {
      expect(redirectTo("https://other.example/", hidden, forms)).toBe("https://other.example/");
      expect(redirectTo("https://evil.example/", hidden, forms)).toBeNull();
      expect(redirectTo("/thanks", hidden, forms)).toBeNull();
    }
  });
});

describe("who sent a plain form", () => {
  const request = (accept?: string) =>
    new Request("https://pulse.example/", { headers: accept === undefined ? {} : { Accept: accept } });

  it.each([
    ["text/html,application/xhtml+xml", true, true],
    ["application/json, text/html", true, true],
    ["application/json", true, false],
    [undefined, true, false],
    ["text/html", false, false],
  ])("and accepts %j (plain: %s) is shown a page: %s", (accept, isPlain, wants) => {
    expect(wantsPage(request(accept), isPlain)).toBe(wants);
  });
});

describe("a page", () => {
  it("says what it is given as text, and can neither run nor load anything", async () => {
    const page = plainPage(`<i>"A" & 'B'</i>`, "Back <soon>", {
      status: 422,
      headers: { "Retry-After": "5", "content-type": "x" },
    });
    expect(page.status).toBe(422);
    expect(Object.fromEntries(page.headers)).toEqual({
      "cache-control": "no-store",
      "content-type": "text/html; charset=utf-8",
      "retry-after": "5",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
    });
    const html = await page.text();
    const title = "&#60;i&#62;&#34;A&#34; &#38; &#39;B&#39;&#60;/i&#62;";
    expect(html).toContain(`<title>${title}</title>`);
    expect(html).toContain(`<h1>${title}</h1><p>Back &#60;soon&#62;</p>`);
  });

  it("needs no headers of its own", () => {
    expect(plainPage("a", "b", { status: 200 }).headers.get("Cache-Control")).toBe("no-store");
  });
});

it("a lead that was taken is answered with its id, and the answer is kept by nobody", async () => {
  const answer = accepted({ lead_id: "l-1", status: "merged" });
  expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([202, "no-store"]);
  expect(await answer.json()).toEqual({ lead_id: "l-1", status: "merged" });
});
