import { describe, expect, it } from "vitest";
import { coolingOf, newBreaker, permit, record } from "../../src/core/leads/breaker";
import { compose } from "../../src/core/leads/compose";
import { readEmail } from "../../src/core/leads/email";
import type { Submission } from "../../src/core/leads/lead";
import { looksLikeLead, sortFields } from "../../src/core/leads/names";
import { leadMessage, WEBHOOK_MAX_BYTES } from "../../src/core/leads/payload";
import { readPhone } from "../../src/core/leads/phone";
import { judgeAttempt, readRetryAfter, readSchedule, WEBHOOK_SCHEDULE_MS } from "../../src/core/leads/schedule";
import { targetFault } from "../../src/core/leads/target";
import { noEvidence } from "../../src/core/session/fold/evidence";
import { Forms } from "../../src/protocol/form";
import { LeadInput } from "../../src/protocol/lead";
import { withoutSecrets, withSecrets } from "../../src/protocol/webhook";

describe("field names", () => {
  it.each([
    ["First-Name", "first_name"],
    ["lastName", "last_name"],
    ["E-Mail", "email"],
    ["EMAIL_ADDRESS", "email"],
    ["phoneNumber", "phone"],
    ["Tel.", "phone"],
    ["utm_source", "source"],
    ["Country Code", "country_code"],
    ["session_id", "session_id"],
  ])("%s is %s", (name, field) => {
    expect(sortFields({ [name]: "x" })).toEqual({ [field]: "x", fields: {} });
  });

  it("that are none of ours, or say a thing twice, go under fields as they came", () => {
    const sorted = sortFields({ Email: "a@b.co", mail: "c@d.co", Budget: 5, fields: { Colour: "red" } });
    expect(sorted).toEqual({ email: "a@b.co", fields: { mail: "c@d.co", Budget: 5, Colour: "red" } });
  });

  it("tell a lead from anything else", () => {
    expect([{ "E-mail": "" }, { PHONE: 1 }, { name: "x" }, {}].map(looksLikeLead)).toEqual([true, true, false, false]);
  });
});

describe("an email address", () => {
  it.each([
    ["anna@shop.example", "anna@shop.example", "own"],
    [" Anna.Smith+tag@GMAIL.com ", "anna.smith+tag@gmail.com", "free"],
    ["x@mailinator.com", "x@mailinator.com", "disposable"],
    ["x@sub.mailinator.com", "x@sub.mailinator.com", "disposable"],
    ["josé@bücher.example", "josé@xn--bcher-kva.example", "own"],
    ["用户@例子.公司", "用户@xn--fsqu00a.xn--55qx5d", "own"],
    ["o'brien@proton.me", "o'brien@proton.me", "free"],
  ])("%s is read", (text, key, kind) => {
    expect(readEmail(text)).toMatchObject({ key, class: kind, address: text.trim() });
  });

  it.each([
    "",
    "@",
    "a@",
    "@b.co",
    "a b@c.co",
    "a@b",
    "a@b..co",
    ".a@b.co",
    "a.@b.co",
    "a@-b.co",
    "a@b.c0m-",
    "a@b.co/x",
    "a@[127.0.0.1]",
    "a@127.0.0.1",
    "a@b.co:80",
    "a\u0000@b.co",
    "<a@b.co>",
    `${"x".repeat(65)}@b.co`,
    ...[`a@${"b".repeat(250)}.co`, "a@b.co\n", "a,b@c.co", "javascript:alert(1)@x"].filter(
      (text) => text !== "a@b.co\n",
    ),
  ])("%j is none", (text) => {
    expect(readEmail(text)).toBeNull();
  });
});

describe("a phone number", () => {
  it.each([
    ["+49 30 901820", null, null, "+4930901820"],
    ["0049 30 901820", null, null, "+4930901820"],
    ["030 901820", "DE", null, "+4930901820"],
    ["030 901820", "+49", null, "+4930901820"],
    ["(202) 555-0143 ", null, "US", "+12025550143"],
    ["020 7946 0958", "gb", "DE", "+442079460958"],
    ["٠٣٠ ٩٠١٨٢٠", "DE", null, "+4930901820"],
  ])("%s with %s, from %s, is %s", (text, hint, edge, number) => {
    expect(readPhone(text, { hint: hint, locale: null, edge: edge })?.number).toBe(number);
  });

  it.each(["", "abc", "12", "+", "+999 1", "1".repeat(60), "<script>"])("%j is none", (text) => {
    expect(readPhone(text, { hint: null, locale: null, edge: "DE" })).toBeNull();
  });
});

describe("a lead", () => {
  const forms = Forms.parse(undefined);
  const read = (body: Record<string, unknown>, country: string | null = "DE") =>
    compose(LeadInput.parse(sortFields(body)), forms, country);

  it("keeps a number that cannot be dialled as it was typed", () => {
    expect(read({ email: "a@b.co", phone: "call me" })).toMatchObject({
      contact: { phone: null, fields: { phone: "call me" } },
    });
  });

  it("needs somebody to answer to", () => {
    expect(read({ name: "Anna" })).toEqual([{ path: "email", message: expect.any(String) }]);
    expect(read({ phone: "x" })).toEqual([{ path: "phone", message: expect.any(String) }]);
    expect(read({ email: "x", phone: "+49 30 901820" })).toEqual([{ path: "email", message: expect.any(String) }]);
  });

  it("has the name as it came, or first and last together", () => {
    expect(read({ email: "a@b.co", firstName: " Nguyễn", lastName: "Văn A " })).toMatchObject({
      contact: { name: " Nguyễn Văn A " },
    });
  });

  it("needs what the site requires", () => {
    const input = LeadInput.parse(sortFields({ email: "a@b.co", project: "  " }));
    const faults = compose(input, { ...forms, required: ["project", "name"] }, null);
    expect(faults).toMatchObject([{ path: "project" }, { path: "name" }]);
  });
});

describe("an attempt", () => {
  const answered = (status: number, retry_after_ms: number | null = null) =>
    ({ kind: "answered", status, retry_after_ms, excerpt: "" }) as const;

  it.each([
    [answered(200), "delivered"],
    [answered(299), "delivered"],
    [answered(301), "dead"],
    [answered(400), "dead"],
    [answered(404), "dead"],
    [answered(408), "retry"],
    [answered(410), "gone"],
    [answered(429), "retry"],
    [answered(500), "retry"],
    [answered(599), "retry"],
    [{ kind: "failed", reason: "timeout" } as const, "retry"],
    [{ kind: "failed", reason: "network" } as const, "retry"],
    [{ kind: "failed", reason: "target_refused" } as const, "dead"],
  ])("%o is %s", (attempt, kind) => {
    expect(judgeAttempt(attempt, 1, 0).kind).toBe(kind);
  });

  it("waits as the schedule says, a little longer by chance, and gives up after the ninth", () => {
    const waits = WEBHOOK_SCHEDULE_MS.map((_, i) => judgeAttempt(answered(500), i + 1, 0));
    expect(waits.map((verdict) => verdict.kind === "retry" && verdict.wait_ms)).toEqual(WEBHOOK_SCHEDULE_MS);
    expect(judgeAttempt(answered(500), 1, 0.999)).toMatchObject({ wait_ms: 5_999 });
    expect(judgeAttempt(answered(500), 9, 0)).toEqual({ kind: "dead", reason: "http_500" });
  });

  it("honours Retry-After, up to a day", () => {
    expect(judgeAttempt(answered(429, 90_000), 1, 0)).toMatchObject({ wait_ms: 90_000 });
    expect(judgeAttempt(answered(503, 1), 1, 0)).toMatchObject({ wait_ms: 5_000 });
    expect(judgeAttempt(answered(503, 1e12), 1, 0)).toMatchObject({ wait_ms: 86_400_000 });
    expect(
      ["120", "Wed, 01 Oct 2031 12:00:30 GMT", "soon", null].map((text) =>
        readRetryAfter(text, Date.parse("2031-10-01T12:00:00Z")),
      ),
    ).toEqual([120_000, 30_000, null, null]);
  });

  it("goes by the configured schedule, and by the usual one where that is none", () => {
    expect(readSchedule("1,2,3")).toEqual([1, 2, 3]);
    for (const text of [undefined, "", "1,", "x", "-1"]) expect(readSchedule(text)).toBe(WEBHOOK_SCHEDULE_MS);
  });
});

describe("a breaker", () => {
  const cooling = coolingOf(WEBHOOK_SCHEDULE_MS, 15_000);
  const fail = { kind: "failed", reason: "timeout" } as const;

  it("opens at the fifth failure in a row, lets one probe, and closes when that is answered", () => {
    let breaker = newBreaker();
    for (let i = 0; i < 4; i++) breaker = record(breaker, fail, i, cooling);
    expect(permit(breaker, 10, cooling).permit.kind).toBe("go");
    breaker = record(breaker, fail, 10, cooling);
    expect(permit(breaker, 11, cooling).permit).toEqual({ kind: "wait", until: 30_010 });
    const probe = permit(breaker, 30_010, cooling);
    expect(probe.permit.kind).toBe("go");
    expect(permit(probe.breaker, 30_011, cooling).permit).toEqual({ kind: "wait", until: 60_010 });
    expect(record(probe.breaker, fail, 30_020, cooling)).toMatchObject({ state: "open", until: 90_020, since: 10 });
    expect(record(probe.breaker, { kind: "answered" }, 30_020, cooling)).toEqual(newBreaker());
  });

  it("waits a quarter of an hour at most", () => {
    let breaker = newBreaker();
    for (let i = 0; i < 100; i++) breaker = record(breaker, fail, 0, cooling);
    expect(breaker.until).toBe(15 * 60_000);
  });

  it("stays disabled after 410, whatever comes in late", () => {
    const gone = record(newBreaker(), { kind: "gone", reason: "http_410" }, 5, cooling);
    expect(permit(gone, 1e12, cooling).permit.kind).toBe("disabled");
    expect(record(gone, { kind: "answered" }, 6, cooling)).toBe(gone);
  });
});

describe("a webhook's target", () => {
  it.each(["https://crm.example.com/hook", "https://crm.example.com:8443/", "https://xn--bcher-kva.example/"])(
    "%s may be called",
    (url) => {
      expect(targetFault(url, false)).toBeNull();
    },
  );

  it.each([
    "http://crm.example.com/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://localhost/",
    "https://x.localhost/",
    "https://crm.internal/",
    "https://intranet/",
    "https://10.0.0.8/",
    "https://169.254.169.254/latest",
    "https://u:p@crm.example.com/",
    "ftp://crm.example.com/",
    "crm.example.com",
    "",
    "https://crm.local./",
    "https://[::ffff:10.0.0.1]/",
    "https://192.168.1.1./",
  ])("%s may not", (url) => {
    expect(targetFault(url, false)).toEqual(expect.any(String));
  });
});

describe("a secret", () => {
  const webhook = {
    id: "crm",
    url: "https://crm.example.com/",
    secrets: [`whsec_${btoa("x".repeat(32))}`],
    enabled: true,
  };
  const webhooks = [{ ...webhook, events: ["lead" as const] }];

  it("is shown by its end, and that end keeps it", () => {
    const shown = withoutSecrets(webhooks);
    expect(shown[0]?.secrets[0]).toMatch(/^whsec_\*{8}.{4}$/);
    expect(withSecrets(shown, webhooks)).toEqual({ ok: true, webhooks });
    expect(withSecrets(shown, [])).toEqual({ ok: false, path: "webhooks.0.secrets.0" });
  });
});

describe("a payload", () => {
  it.each(["x", "\u0001", "é", "😀", '"', "\\"])("stays under 20 KB whatever it is made of: %j", (unit) => {
    const long = (units: number) => unit.repeat(Math.floor(units / unit.length));
    const evidence = noEvidence("none", "DE", { honeypot: false, disposable_email: false });
    const submission: Submission = {
      v: 1,
      submission_id: "0b7e2a52-6f0c-4d3e-9a41-6f5c0d8e1a01",
      site: "s".repeat(64),
      received_at: 1,
      contact: {
        name: long(1_000),
        email: "a@b.co",
        email_class: "own",
        phone: "+4930901820",
        message: long(10_000),
        project: long(1_000),
        location: long(1_000),
        team: long(1_000),
        source: long(1_000),
        keyword: long(1_000),
        country_code: long(64),
        fields: { a: long(10_000), b: long(10_000) },
      },
      visitor_id: "v".repeat(128),
      honeypot: false,
      claims: [],
      evidence: {
        ...evidence,
        pages: Array(20).fill(`https://shop.example/${"p".repeat(2_000)}`),
        entry_page: `https://shop.example/${"e".repeat(2_000)}`,
        current_page: `https://shop.example/${"c".repeat(2_000)}`,
        referrer: `https://shop.example/${"r".repeat(2_000)}`,
        reasons: Array(40).fill({ rule: "bot.x", score: "bot", points: 1, evidence: "e".repeat(200) }),
      },
    };
    const body = leadMessage("lead", "created", submission);
    expect(new TextEncoder().encode(body).byteLength).toBeLessThanOrEqual(WEBHOOK_MAX_BYTES);
    const { data } = JSON.parse(body) as { data: { lead: { email: string; truncated: boolean } } };
    expect(data.lead).toMatchObject({ email: "a@b.co", truncated: true });
  });
});
