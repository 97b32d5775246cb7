import { afterEach, describe, expect, it, vi } from "vitest";
import { LEAD_MAX_BODY_BYTES } from "../../src/limits";
import { stopClock } from "../support/clock";
import { leadsOf, newSite, receive, settle, submissionsOf, submit } from "../support/leads";
import { ask, KEY, post } from "../support/visit";
import { problemOf } from "./helpers";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const JSON_TYPE = "application/json";
const URLENCODED = "application/x-www-form-urlencoded";
const MULTIPART = "multipart/form-data; boundary=x";

const EMAIL = "anna@shop.example";
const fields = (count: number): [string, string][] => Array.from({ length: count }, (_, i) => [`f${i}`, "1"]);
const asJson = (pairs: [string, unknown][]): string => JSON.stringify({ email: EMAIL, ...Object.fromEntries(pairs) });
const asPairs = (pairs: [string, string][]): string => new URLSearchParams([["email", EMAIL], ...pairs]).toString();
const asParts = (pairs: [string, string][]): string =>
  `${[["email", EMAIL], ...pairs].map(([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join("")}--x--\r\n`;

function nested(levels: number): unknown {
  let value: unknown = "x";
  for (let i = 0; i < levels; i++) value = i % 2 ? [value] : { value };
  return value;
}

const binary = Uint8Array.from({ length: 2_000 }, (_, i) => (i * 89) % 256);
const huge = "x".repeat(LEAD_MAX_BODY_BYTES);
const file = `--x\r\nContent-Disposition: form-data; name="cv"; filename="cv.pdf"\r\n\r\n%PDF\r\n--x--\r\n`;

it.each(["999", "1242", "+999", "00999"])(
  "a lead whose country code is nobody's, %s, is taken all the same",
  async (code) => {
    const body = JSON.stringify({ email: EMAIL, phone: "030 1234567", country_code: code });
    const response = await post("/lead", body, { headers: { "Content-Type": JSON_TYPE } });
    expect({ status: response.status, body: await response.json() }).toMatchObject({ status: 202 });
  },
);

describe("a body that is no lead is told what is wrong, and leaves nothing behind", () => {
  it.each<[why: string, type: string, body: BodyInit, code: Parameters<typeof problemOf>[1]]>([
    ["nothing, as JSON", JSON_TYPE, "", "invalid_json"],
    ["nothing, as a form", URLENCODED, "", "invalid_body"],
    ["nothing, as multipart", MULTIPART, "", "invalid_body"],
    ["no type", "", asJson([]), "unsupported_type"],
    ["another type", "application/xml", "<email/>", "unsupported_type"],
    ["a JSON list", JSON_TYPE, "[]", "invalid_body"],
    ["a JSON text", JSON_TYPE, '"x"', "invalid_body"],
    ["JSON that breaks off", JSON_TYPE, '{"email":', "invalid_json"],
    ["binary for JSON", JSON_TYPE, binary, "not_utf8"],
    ["binary for a form", URLENCODED, binary, "invalid_body"],
    ["binary for multipart", MULTIPART, binary, "invalid_body"],
    ["a huge JSON", JSON_TYPE, asJson([["message", huge]]), "too_large"],
    ["a huge form", URLENCODED, asPairs([["message", huge]]), "too_large"],
    ["a huge multipart", MULTIPART, asParts([["message", huge]]), "too_large"],
    ["10,000 fields, as JSON", JSON_TYPE, asJson(fields(10_000)), "too_large"],
    ["10,000 fields, as a form", URLENCODED, asPairs(fields(10_000)), "too_large"],
    ["10,000 fields, as multipart", MULTIPART, asParts(fields(10_000)), "too_large"],
    ["5,000 fields, as JSON", JSON_TYPE, asJson(fields(5_000)), "invalid_body"],
    ["5,000 fields, as a form", URLENCODED, asPairs(fields(5_000)), "invalid_body"],
    ["900 fields, as multipart", MULTIPART, asParts(fields(900)), "invalid_body"],
    ["a field 5,000 times", URLENCODED, asPairs(Array(5_000).fill(["a", "1"])), "invalid_body"],
    ["40 levels", JSON_TYPE, asJson([["x", nested(40)]]), "too_deep"],
    ["10 levels", JSON_TYPE, asJson([["x", nested(10)]]), "invalid_body"],
    ["an object for an email", JSON_TYPE, '{"email":{"a":1}}', "invalid_body"],
    ["a list for a name", JSON_TYPE, asJson([["name", ["a"]]]), "invalid_body"],
    ["__proto__", JSON_TYPE, `{"email":"${EMAIL}","__proto__":{"x":1}}`, "forbidden_key"],
    ["__proto__ in a form", URLENCODED, asPairs([["__proto__", "1"]]), "forbidden_key"],
    ["a file", MULTIPART, file, "invalid_body"],
    ["no email and no phone", JSON_TYPE, '{"name":"Anna"}', "invalid_body"],
    ["no email that could be one", JSON_TYPE, '{"email":"<script>alert(1)</script>"}', "invalid_body"],
    ["no phone that could be dialled", JSON_TYPE, '{"phone":"12"}', "invalid_body"],
    ["a name of 1,001 characters", JSON_TYPE, asJson([["name", "n".repeat(1_001)]]), "invalid_body"],
    ["a message of 10,001 characters", JSON_TYPE, asJson([["message", "n".repeat(10_001)]]), "invalid_body"],
    ["a session that is no UUID", JSON_TYPE, asJson([["session_id", "1' OR '1'='1"]]), "invalid_body"],
  ])("%s (%s)", async (_, type, body, code) => {
    const site = await newSite([]);
    const init = { method: "POST", body, headers: { "Content-Type": type } };
    await problemOf(await ask(`/lead?site=${site}`, init), code);
    expect([await leadsOf(site), await submissionsOf(site)]).toEqual([[], []]);
    // And the next one is taken.
    expect((await submit(site, { email: EMAIL })).status).toBe("accepted");
  });

  it("an Idempotency-Key longer than any is refused", async () => {
    const site = await newSite([]);
    const headers = { "Idempotency-Key": "k".repeat(257) };
    await problemOf(await post(`/lead?site=${site}`, { email: EMAIL }, { headers }), "invalid_body");
    expect(await submissionsOf(site)).toEqual([]);
  });

  it("in a browser it is a page, and what was said in it is no markup", async () => {
    const site = await newSite([]);
    const headers = { Accept: "text/html", "Content-Type": URLENCODED };
    const response = await ask(`/lead?site=${site}`, { method: "POST", body: "email=<b>x</b>", headers });
    expect(response.status).toBe(400);
    expect(response.headers.get("Content-Type")).toMatch(/^text\/html/);
    expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect(await response.text()).not.toContain("<b>");
  });
});

describe("elsewhere", () => {
  it.each(["/contact.php", "/api/v1/leads", "/wp-json/x"])("a POST to %s with an email is a lead", async (path) => {
    const site = await newSite([]);
    const response = await post(`${path}?site=${site}`, { EMAIL_Address: EMAIL });
    expect(response.status, await response.clone().text()).toBe(202);
    expect(await leadsOf(site)).toMatchObject([{ email: EMAIL }]);
  });

  it.each([
    ["/contact.php", JSON_TYPE, '{"name":"x"}'],
    ["/contact.php", "application/xml", "<email/>"],
    ["/track/lead", JSON_TYPE, asJson([])],
    ["/analytics/lead", JSON_TYPE, asJson([])],
  ])("a POST to %s of %s is none", async (path, type, body) => {
    const site = await newSite([]);
    const init = { method: "POST", body, headers: { "Content-Type": type } };
    await problemOf(await ask(`${path}?site=${site}`, init), "not_found");
    expect(await submissionsOf(site)).toEqual([]);
  });
});

describe("what looks dangerous and is text", () => {
  it("is stored as text, and comes back as text", async () => {
    const site = await newSite([]);
    const script = `<script>fetch("https://evil.example")</script><img src=x onerror=alert(1)>'; DROP TABLE leads; --`;
    await submit(site, { email: EMAIL, name: script, message: script, "<b>": script });
    const response = await ask(`/analytics/leads?site=${site}`, { headers: KEY });
    expect(response.headers.get("Content-Type")).toMatch(/^application\/json/);
    const { data } = await response.json<{ data: object[] }>();
    expect(data).toMatchObject([{ name: script, message: script, fields: { "<b>": script } }]);
  });
});

describe("a honeypot's catch", () => {
  it("gets the same 202, is kept with its risk, is delivered to nobody, and claims nobody", async () => {
    stopClock("2031-11-01T12:00:00Z");
    const received = receive();
    const site = await newSite(undefined, { forms: { honeypot: "website" } });
    const caught = await submit(site, { email: EMAIL, website: "https://spam.example" });
    expect(caught).toEqual({ lead_id: expect.any(String), status: "accepted" });
    await settle(caught.lead_id);
    expect(received).toEqual([]);
    const [row] = await leadsOf(site);
    expect(row).toMatchObject({ status: "spam", lead_id: caught.lead_id });
    expect(Number(row?.["risk"])).toBeGreaterThan(0);
    expect(String(row?.["evidence"])).toContain("honeypot");
    // Whoever the robot called itself: the person comes later.
    const real = await submit(site, { email: EMAIL, website: "" });
    expect(real.status).toBe("accepted");
    expect(real.lead_id).not.toBe(caught.lead_id);
    await settle(real.lead_id);
    expect(received).toMatchObject([{ type: "lead.created" }]);
    expect(received[0]?.data.lead["fields"]).toEqual({});
  });
});
