import { describe, expect, it } from "vitest";
import { MAX_URL_UNITS } from "../../src/limits";
import {
  SITE_MAX_WEBHOOKS,
  WEBHOOK_MAX_SECRETS,
  WEBHOOK_SECRET_MAX_BYTES,
  WEBHOOK_SECRET_MIN_BYTES,
  Webhook,
  Webhooks,
  withoutSecrets,
  withSecrets,
} from "../../src/protocol/webhook";

const secretOf = (bytes: number, letter = "s") => `whsec_${btoa(letter.repeat(bytes))}`;
const SECRET = secretOf(24);
const hook = (more: Partial<Record<keyof Webhook, unknown>> = {}) => ({
  id: "crm",
  url: "https://crm.example/",
  secrets: [SECRET],
  ...more,
});
const whole = (more: Partial<Webhook> = {}): Webhook => Webhook.parse(hook(more));

describe("an endpoint", () => {
  it.each<[keyof Webhook, unknown[], unknown[]]>([
    ["id", ["a", "0", "a-b-9", "i".repeat(32)], ["", "-a", "A", "a_b", "a.b", "i".repeat(33), " a", "a ", null]],
    ["url", ["https://a.example/", "", "u".repeat(MAX_URL_UNITS)], ["u".repeat(MAX_URL_UNITS + 1), null, undefined]],
    ["secrets", [[SECRET], Array(WEBHOOK_MAX_SECRETS).fill(SECRET)], [[], Array(WEBHOOK_MAX_SECRETS + 1).fill(SECRET)]],
    ["secrets", [["whsec_********abcd"], ["whsec_********+/=="]], [SECRET, null, [1], [""]]],
    ["enabled", [true, false, undefined], ["yes", 1, null]],
    ["events", [["lead"], ["alert"], ["lead", "alert"], undefined], [[], ["visit"], "lead", null]],
  ])("has its %s within bounds", (name, good, bad) => {
    for (const value of good) expect(Webhook.safeParse(hook({ [name]: value })).success, String(value)).toBe(true);
    for (const value of bad) expect(Webhook.safeParse(hook({ [name]: value })).success, String(value)).toBe(false);
  });

  it("is enabled and hears of leads and alerts unless it says otherwise, and has no other field", () => {
    expect(whole()).toEqual({ ...hook(), enabled: true, events: ["lead", "alert"] });
    expect(Webhook.safeParse({ ...hook(), more: 1 }).success).toBe(false);
  });
});

describe("a secret", () => {
  it.each([
    [secretOf(WEBHOOK_SECRET_MIN_BYTES), true],
    [secretOf(WEBHOOK_SECRET_MAX_BYTES), true],
    [secretOf(WEBHOOK_SECRET_MIN_BYTES - 1), false],
    [secretOf(WEBHOOK_SECRET_MAX_BYTES + 1), false],
    // Without the prefix, with another, and with what base64 does not have.
    [btoa("s".repeat(30)), false],
    [`whpk__${btoa("s".repeat(30))}`, false],
    [`whsec_${"%".repeat(40)}`, false],
    ["whsec_", false],
    // As it is shown: eight stars and four characters, and nothing before or after.
    ["whsec_********abcd", true],
    ["whsec_*******abcd", false],
    ["whsec_********abc", false],
    ["whsec_********abcde", false],
    ["xwhsec_********abcd", false],
    [`whsec_${" ".repeat(100)}${btoa("s".repeat(24))}`, false],
  ])("like %s is taken: %s", (secret, taken) => {
    expect(Webhook.safeParse(hook({ secrets: [secret] })).success).toBe(taken);
  });
});

describe("a site's endpoints", () => {
  const hooks = (count: number) => Array.from({ length: count }, (_, i) => hook({ id: `e${i}` }));

  it("are none unless some are named, so many at most, each by a name of its own", () => {
    expect(Webhooks.parse(undefined)).toEqual([]);
    expect(Webhooks.safeParse([]).success).toBe(true);
    expect(Webhooks.safeParse(hooks(SITE_MAX_WEBHOOKS)).success).toBe(true);
    expect(Webhooks.safeParse(hooks(SITE_MAX_WEBHOOKS + 1)).success).toBe(false);
    expect(Webhooks.safeParse([hook(), hook()]).error?.issues[0]?.message).toBe("ids must differ");
  });

  it("are shown with the last four characters of each secret", () => {
    const [shown] = withoutSecrets([whole({ secrets: [secretOf(24), secretOf(25, "t")] })]);
    expect(shown?.secrets).toEqual([
      `whsec_********${secretOf(24).slice(-4)}`,
      `whsec_********${secretOf(25, "t").slice(-4)}`,
    ]);
    expect(shown).toMatchObject({ id: "crm", url: "https://crm.example/", enabled: true });
  });

  it("keep a secret that comes back as it was shown, and take a new one beside it", () => {
    const before = [
      whole({ id: "other", secrets: [secretOf(26, "o")] }),
      whole({ secrets: [secretOf(24), secretOf(25, "t")] }),
    ];
    const added = secretOf(27, "n");
    const [, crm] = withoutSecrets(before);
    const given = [whole({ secrets: [added, ...(crm?.secrets ?? [])], enabled: false })];
    expect(withSecrets(given, before)).toEqual({
      ok: true,
      webhooks: [whole({ secrets: [added, secretOf(24), secretOf(25, "t")], enabled: false })],
    });
  });

  it("are refused with the place of a secret that nobody had", () => {
    const before = [whole({ secrets: [SECRET] })];
    const unknown = "whsec_********????";
    expect(withSecrets([whole(), whole({ id: "b", secrets: [SECRET, unknown] })], before)).toEqual({
      ok: false,
      path: "webhooks.1.secrets.1",
    });
    // Another endpoint's secret, as shown, is not this one's.
    const shown = withoutSecrets(before)[0]?.secrets ?? [];
    expect(withSecrets([whole({ id: "b", secrets: shown })], before)).toEqual({
      ok: false,
      path: "webhooks.0.secrets.0",
    });
    expect(withSecrets([], before)).toEqual({ ok: true, webhooks: [] });
  });
});
