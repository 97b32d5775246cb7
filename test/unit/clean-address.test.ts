import { describe, expect, it } from "vitest";
import { cleanAddress } from "../../src/core/privacy/address";
import { isSecretName } from "../../src/core/privacy/names";
import { isAllowed } from "../../src/core/privacy/rules";

/** Addresses, as they leave the page and as they are stored. */

const SHOP = "https://shop.example";
const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const HEX = "9f86d081884c7d659a2feaa0c55ad015";
const BASE64 = "aB3dE5fG7h9iJ-LmN0pQr_";
const CLICK = "EAIaIQobChMI9f86d081884c7d659a2";

const clean = (address: string, ...allow: string[]): string =>
  cleanAddress(SHOP + address, { allow }).slice(SHOP.length);

describe("the name of a parameter", () => {
  it.each([
    "pass",
    "pin",
    "jwt",
    "sig",
    "X-Amz-Signature",
    "X-Amz-Credential",
    "X-Amz-Security-Token",
    "oobCode",
    "SAMLResponse",
    "SAMLRequest",
    "PHPSESSID",
    "JSESSIONID",
    "jsessionid",
    "ASP.NET_SessionId",
    "sid",
    "username",
    "tel",
    "email",
    "e-mail",
    "userEmail",
    "useremail",
    "EMAIL",
    "user[email]",
    "mail",
    "token",
    "access_token",
    "accessToken",
    "accesstoken",
    "csrfmiddlewaretoken",
    "password",
    "passwd",
    "new-password",
    "passwort",
    "pwd",
    "api_key",
    "apiKey",
    "apikey",
    "AWSAccessKeyId",
    "Key-Pair-Id",
    "client_secret",
    "auth",
    "oauth2",
    "session",
    "otp",
    "otp2",
    "code",
    "card",
    "card[number]",
    "cardNumber",
    "cvc",
    "iban",
    "ssn",
    "phone",
    "phone_number",
    "first_name",
    "lastName",
    "login",
    "user",
    "user_id",
    "filter.token",
  ])("%s tells of a secret", (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each([
    "author",
    "authors",
    "keyword",
    "keywords",
    "discard",
    "postcard",
    "wildcard",
    "compass",
    "passengers",
    "passage",
    "pinterest",
    "spin",
    "design",
    "sigma",
    "signal",
    "signup",
    "hotel",
    "telescope",
    "monkey",
    "turkey",
    "keyboard",
    "headphones",
    "headphone",
    "codec",
    "promo_code",
    "country_code",
    "hotmail",
    "tokenize",
    "page",
    "q",
    "ref",
    "sort",
    "utm_source",
    "obsession",
    "sessions",
    "cardio",
    "mailing",
    "authority",
    "secretary",
  ])("%s does not", (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});

describe("an address", () => {
  it.each([
    "/",
    "/?",
    "/#",
    "/x#",
    "/?a=1&&b=2&",
    "/list?page=2&q=red+shoes%20new#part",
    "/a=b/c",
    "/a;v=1/b",
    "/%",
    "/?x=100%",
    "/order/12345",
    "/order/2024-000123",
    "/blog/how-to-write-a-very-long-slug-without-secrets-in-2026",
    "/laptops/asus-rog-g14-ga402xv-g14-r9-rtx4060-16gb-512gb",
    "/p/internationalization",
    "/?v=dQw4w9WgXcQ",
    "/?q=iphone+15+128+256+512",
    "/?range=2024-01-01..2024-12-31",
    "/?author=x&keyword=y&discard=1",
    "/?t=1701234567890",
    "/?n=M%C3%BCller&d=2024-01-15",
    "/#/reset/now?tab=2",
    "/?redirect=https%3A%2F%2Fx.example%2Flist%3Fpage%3D2",
    "/?next=/a?b=1&c=2",
    `/?gclid=${CLICK}`,
    `/?srsltid=${CLICK}&igsh=${CLICK}&fbclid=${CLICK}`,
    "/?utm_term=%2B49",
    "/:secret?u=:secret",
    "/n/4111111111111112",
    "/?d=01.12.2024+10",
    "/getElementsByTagNameNS",
    "/@jane",
  ])("without a secret stays the same text: %s", (address) => {
    expect(clean(address)).toBe(address);
  });

  it.each([
    // By name.
    ["/?pass=x&pin=1&jwt=1&sig=2&X-Amz-Signature=3&oobCode=1&SAMLResponse=2&PHPSESSID=3&username=jane&tel=1", "/"],
    ["/?a=1&token=abc&b=2", "/?a=1&b=2"],
    ["/?token=abc&b=2#part", "/?b=2#part"],
    ["/?user%5Bemail%5D=x&b=2", "/?b=2"],
    ["/?a=1;token=abc;b=2", "/?a=1;b=2"],
    ["/?sig=ab/cd?ef==&b=2", "/?b=2"],
    ["/a;jsessionid=ABC123/b?x=1", "/a/b?x=1"],
    ["/a;jsessionid=ABC123", "/a"],
    // By value.
    ["/?u=jane%40example.com", "/?u=:secret"],
    ["/?u=jane@example.com&b=2", "/?u=:secret&b=2"],
    ["/?u=jane.doe%2Btag%40mail.example.co.uk", "/?u=:secret"],
    ["/?u=j%C3%BCrgen%40ex%C3%A4mple.de", "/?u=:secret"],
    ["/?u=jane%40example.com%FF", "/?u=:secret"],
    ["/?jane%40example.com", "/?:secret"],
    ["/?jane%40example.com=1&b=2", "/?b=2"],
    ["/u/jane%40example.com/edit", "/u/:secret/edit"],
    ["/u/jane%2540example.com/edit", "/u/:secret/edit"],
    [`/reset/${HEX}`, "/reset/:secret"],
    [`/reset/${BASE64}`, "/reset/:secret"],
    [`/reset/${BASE64}/`, "/reset/:secret/"],
    [`/invoice-${HEX}.pdf`, "/:secret.pdf"],
    ["/files/550e8400-e29b-41d4-a716-446655440000", "/files/:secret"],
    [`/verify/${JWT}`, "/verify/:secret"],
    [`/?t=${JWT}`, "/?t=:secret"],
    ["/?n=12345678901234567890123", "/?n=:secret"],
    ["/pay/4111111111111111", "/pay/:secret"],
    ["/?n=4111+1111+1111+1111", "/?n=:secret"],
    ["/?n=4111-1111-1111-1111", "/?n=:secret"],
    ["/?n=12+4111%201111%201111%201111", "/?n=:secret"],
    ["/order4111111111111111", "/order:secret"],
    ["/?n=%2B49+170+1234567", "/?n=:secret"],
    ["/?n=+491701234567", "/?n=:secret"],
    ["/u/jane+shop@example.com", "/u/:secret"],
    ["/?q=call+%2B49+170+1234567", "/?q=call+:secret"],
    ["/?x=//jane:pw@host/a", "/?x=//host/a"],
    ["/?v=q83vEjRWeJq83v%2FEjRW%2BeJKm3dQ4xZ0b8%3D%3D&b=2", "/?v=:secret&b=2"],
    ["/reset/aL9_Z5Sxw-XGRI1JaVOD-Q", "/reset/:secret"],
    ["/reset/V1StGXR8_Z5jdHi6B-myT", "/reset/:secret"],
    ["/reset/507f1f77bcf86cd799439011", "/reset/:secret"],
    ["/reset/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/reset/:secret"],
    ["/?n=0170-1234567", "/?n=:secret"],
    ["/?n=(555)+555-0100", "/?n=:secret"],
    // Where it is.
    [`/#/reset/${HEX}`, "/#/reset/:secret"],
    [`/#!/reset/${HEX}?tab=2`, "/#!/reset/:secret?tab=2"],
    ["/#/list?token=abc", "/"],
    ["/#access_token=xyz&a=b", "/"],
    ["/?x=1#u=jane%40example.com", "/?x=1#u=:secret"],
    ["/?redirect=https%3A%2F%2Fx.example%2F%3Ftoken%3Dabc", "/?redirect=https://x.example/"],
    ["/?redirect=https%3A%2F%2Fx.example%2F%3Ftoken%3Dabc%26page%3D2", "/?redirect=https://x.example/%3Fpage%3D2"],
    ["/?redirect=%252Fa%253Ftoken%253Dabc%2526page%253D2", "/?redirect=/a%253Fpage%253D2"],
    ["/?redirect=%2Fa%3Fkey%3Dab%2526cd%26p%3D1", "/?redirect=/a%3Fp%3D1"],
    ["/?redirect=https%3A%2F%2Fjane%3Apw%40x.example%2Fa", "/?redirect=https://x.example/a"],
    ["/?next=/a?token=1&utm_source=x", "/?next=/a&utm_source=x"],
    ["/?r=%2Fs%3Fq%3Dm%C3%BCll%26token%3D1", "/?r=/s%3Fq%3Dm%C3%BCll"],
    ["/?a=%25252525252574oken%25253D1", "/?a="],
    ["/?a=%2525252525252574oken", "/?a=:secret"],
    // A campaign is told by name, so it goes where its value names somebody.
    ["/?utm_source=jane%40example.com&utm_medium=mail", "/?utm_medium=mail"],
    [`/?gclid=${JWT}&a=1`, "/?a=1"],
    ["/?utm_term=4111111111111111", "/"],
  ])("loses what is secret: %s", (address, expected) => {
    expect(clean(address)).toBe(expected);
    expect(clean(expected)).toBe(expected);
  });

  it.each([
    ["https://jane:pw@host.example/a", "https://host.example/a"],
    ["https://jane@host.example", "https://host.example"],
    ["https://jane:p%40w@host.example:8080/a?b=1", "https://host.example:8080/a?b=1"],
    ["HTTPS://jane:p@w@host.example/", "HTTPS://host.example/"],
    ["https:\\\\jane:pw@host.example/", "https:\\\\host.example/"],
    ["https:///jane:pw@host.example/", "https:///host.example/"],
    [
      "android-app://com.example.averylongappname20240101x/path",
      "android-app://com.example.averylongappname20240101x/path",
    ],
    [`https://${HEX}.cdn.example/${HEX}`, `https://${HEX}.cdn.example/:secret`],
    [`/reset/${HEX}?token=abc`, "/reset/:secret"],
  ])("has no user and password, and keeps its host: %s", (address, expected) => {
    expect(cleanAddress(address, { allow: [] })).toBe(expected);
  });

  it("keeps what a site allows: a name, and what fits a pattern; whom a name's value shows all the same goes", () => {
    expect(clean("/?code=SUMMER&key=1", "code")).toBe("/?code=SUMMER");
    expect(clean(`/?key=${HEX}`, "key")).toBe(`/?key=${HEX}`);
    expect(clean("/?key=jane%40example.com&a=1", "key")).toBe("/?a=1");
    expect(clean(`/o/ord_${HEX}/${HEX}`, "ord_*")).toBe(`/o/ord_${HEX}/:secret`);
    expect(clean("/?u=info%40shop.example&v=jane%40shop.example", "info@*")).toBe("/?u=info%40shop.example&v=:secret");
  });

  it("loses what the page says was typed", () => {
    const drops = (name: string) => name === "q";
    expect(cleanAddress("/a;q=1?q=shoes&b=2&r=%2F%3Fq%3Dshoes", { allow: [], drops })).toBe("/a;q=1?b=2&r=/");
  });
});

describe("a pattern", () => {
  it.each([
    ["abc", "abc", true],
    ["abcd", "abc", false],
    ["abc", "*", true],
    ["abc", "a*", true],
    ["xabc", "a*", false],
    ["abc", "*c", true],
    ["abc", "a*b*c", true],
    ["acb", "a*b*c", false],
    ["ab", "ab*b", false],
    ["aba", "a*a", true],
    ["a.c", "a.c", true],
    ["abc", "a.c", false],
    ["", "*", true],
  ])("fits %j by %j: %s", (text, pattern, expected) => {
    expect(isAllowed(text, { allow: [pattern] })).toBe(expected);
  });
});
