import { describe, expect, it } from "vitest";
import { readEmail } from "../../src/core/leads/email";

describe("the part before the @", () => {
  it.each(["a", "a.b.c", "a1", "1", "!#$%&'*+/=?^_`{|}~-", "a.!#", "e\u0301", "١٢", "Ж.ж", "x".repeat(64)])(
    "may be %j",
    (local) => {
      expect(readEmail(`${local}@shop.example`)?.key).toBe(`${local.toLowerCase().normalize("NFC")}@shop.example`);
    },
  );

  it.each([
    "",
    ".",
    ".a",
    "a.",
    "a..b",
    "a b",
    "(a",
    "a)",
    '"a"',
    "a,b",
    "a;b",
    "a:b",
    "<a",
    "a@b",
    "a\\b",
    "a[b",
    "😀",
    "x".repeat(65),
  ])("may not be %j", (local) => {
    expect(readEmail(`${local}@shop.example`)).toBeNull();
  });
});

describe("a domain", () => {
  it.each([
    ["a.co", "a.co"],
    ["1.co", "1.co"],
    ["a-b.co", "a-b.co"],
    ["a--b.co", "a--b.co"],
    ["A.B.C.D.Example", "a.b.c.d.example"],
    [`${"b".repeat(63)}.co`, `${"b".repeat(63)}.co`],
    [`x.${"b".repeat(63)}.co`, `x.${"b".repeat(63)}.co`],
    [`b.${"c".repeat(63)}`, `b.${"c".repeat(63)}`],
    ["bücher.公司", "xn--bcher-kva.xn--55qx5d"],
  ])("may be %s", (domain, ascii) => {
    expect(readEmail(`a@${domain}`)).toEqual({ address: `a@${domain}`, key: `a@${ascii}`, class: "own" });
  });

  it.each([
    "",
    ".",
    "co",
    "b.c",
    "b.c1",
    "b.1c",
    "-b.co",
    "b-.co",
    "x.-b.co",
    "x.b-.co",
    "b_c.co",
    ".b.co",
    "b.co.",
    "b..co",
    `${"b".repeat(64)}.co`,
    `x.${"b".repeat(64)}.co`,
    `b.${"c".repeat(64)}`,
    "b.co-",
    "b.-co",
    "b.c-o",
    "10.0.0.1",
    "[::1]",
    "b.co/",
    "b.co?",
    "b.co#",
    "b.co:80",
    "b.co\\x",
    "b%2eco.com",
    "b\t.co",
    "b .co",
    "b.co,",
  ])("may not be %j", (domain) => {
    expect(readEmail(`a@${domain}`)).toBeNull();
  });

  it("is as long as a host's name may be, in ASCII", () => {
    // Each of them is `xn--tda.`: eight characters.
    const labels = "ü.".repeat(31);
    expect(readEmail(`a@${labels}abcde`)?.key).toHaveLength("a@".length + 253);
    expect(readEmail(`a@${labels}abcdef`)).toBeNull();
  });
});

describe("an address", () => {
  it("is one however its letters are composed", () => {
    const keys = ["rene\u0301", "ren\u00e9", "REN\u00c9"].map((local) => readEmail(`${local}@shop.example`)?.key);
    expect(keys).toEqual(Array.from({ length: 3 }, () => "ren\u00e9@shop.example"));
  });

  it.each([
    "\u200banna@shop.example\ufeff",
    "\u202aanna@shop.example\u202c",
    "an\u00adna@shop\u200b.example",
    " \u2060anna@shop.example\u200e ",
  ])("has no marks that nobody sees: %j", (text) => {
    expect(readEmail(text)).toMatchObject({ address: "anna@shop.example", key: "anna@shop.example" });
  });

  it.each([
    [
      "free",
      "sify.com 21cn.com pchome.com.tw in.gr in.com emirates.net.ae eim.ae menara.ma iam.ma topnet.tn cytanet.com.cy m-net.de eircom.ie telenor.no hey.world",
    ],
    ["relay", "burnermail.io maskme.me duck.email"],
  ])("is %s at %s", (kind, domains) => {
    for (const domain of domains.split(" ")) expect(readEmail(`a@${domain}`)?.class, domain).toBe(kind);
  });

  it("is 254 characters long at most, blanks around it left out", () => {
    const domain = `${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(57)}.co`;
    const longest = `${"a".repeat(65 - 1)}@${domain}`;
    expect(longest).toHaveLength(253);
    expect(readEmail(longest)).not.toBeNull();
    const [at254, at255] = ["dd", "ddd"].map((more) => longest.replace(".co", `${more}.co`).slice(1));
    expect([at254?.length, at255?.length]).toEqual([254, 255]);
    expect(readEmail(`  ${at254}\n`)?.address).toBe(at254);
    expect(readEmail(at255 ?? "")).toBeNull();
  });

  it("without an @ is none", () => {
    for (const text of ["", "a", "shop.example", " "]) expect(readEmail(text)).toBeNull();
  });

  it.each([
    ["mailinator.com", "disposable"],
    ["MAILINATOR.com", "disposable"],
    ["a.b.mailinator.com", "disposable"],
    ["shopmailinator.com", "own"],
    ["mailinator.com.example", "own"],
    ["gmail.com", "free"],
    ["sub.gmail.com", "own"],
    ["shop.example", "own"],
    ["com.example", "own"],
    ...[
      "privaterelay.appleid.com",
      "mozmail.com",
      "simplelogin.com",
      "aleeas.com",
      "slmail.me",
      "passmail.net",
      "addy.io",
      "anna.anonaddy.com",
      "duck.com",
      "DUCK.com",
      "marketplace.amazon.de",
    ].map((relay) => [relay, "relay"]),
    ["duck.com.example", "own"],
    ["appleid.com", "own"],
    ["xduck.com", "own"],
    ...[
      "hey.com",
      "tuta.com",
      "mailbox.org",
      "telus.net",
      "talktalk.net",
      "proton.me",
      "posteo.de",
      "riseup.net",
      "t-online.de",
      "hispeed.ch",
      "a1.net",
      "orange.fr",
      "bbox.fr",
      "ziggo.nl",
      "sky.com",
      "eircom.net",
      "tin.it",
      "movistar.es",
      "sapo.pt",
      "telia.com",
      "seznam.cz",
      "wp.pl",
      "spectrum.net",
      "nyc.rr.com",
      "sasktel.net",
      "bigpond.com",
      "xtra.co.nz",
      "bsnl.in",
      "abc.ocn.ne.jp",
      "uol.com.br",
      "hinet.net",
      "startmail.com",
      "mail.ru",
      "outlook.com.ar",
      "hotmail.co.nz",
      "yahoo.co.id",
      "gmx.li",
      "yandex.kz",
    ].map((mailbox) => [mailbox, "free"]),
    ...[
      "rr.com.example",
      "yahoo.example",
      "outlook.company",
      "microsoft.com",
      "siemens.com",
      "bt.com",
      "facebook.com",
      "gov.uk",
      "mit.edu",
      "alibaba.com",
      "example.com",
      "apple.com",
      "mozilla.org",
      "telekom.de",
    ].map((company) => [company, "own"]),
  ])("at %s is %s: by its domain, and by those a relay or a throw-away one lies under", (domain, kind) => {
    expect(readEmail(`x@${domain}`)?.class).toBe(kind);
  });
});
