import { describe, expect, it } from "vitest";
import type { Contact, Evidence, EvidenceReason, LeadAct, Submission } from "../../src/core/leads/lead";
import { leadMessage, WEBHOOK_MAX_BYTES } from "../../src/core/leads/payload";
import { noEvidence } from "../../src/core/session/fold/evidence";

const CONTACT: Contact = {
  name: "Anna",
  email: "a@b.co",
  email_class: "own",
  phone: null,
  message: "Hello",
  project: null,
  location: null,
  team: null,
  source: null,
  keyword: null,
  country_code: null,
  fields: { a: "1" },
};

const page = (i: number) => `https://shop.example/${i}`;
const acts = Array.from({ length: 10 }, (_, i): LeadAct => ({ at: i, type: "click", page: page(i), element: null }));
const pages = Array.from({ length: 20 }, (_, i) => page(i));
const reasons = (units: number) =>
  Array.from(
    { length: 20 },
    (_, i): EvidenceReason => ({ rule: `bot.${i}`, score: "bot", points: 1, evidence: "e".repeat(units) }),
  );

const EVIDENCE: Evidence = {
  ...noEvidence("linked", "DE", { honeypot: false, disposable_email: false }),
  label: "human",
  scores: { engagement: 1, bot: 2, vpn: 3, risk: 4 },
  reasons: reasons(1),
  pages,
  acts,
  campaign: { utm_source: "s" },
  entry_page: page(0),
  current_page: page(1),
  referrer: page(2),
};

function submissionOf(contact: Partial<Contact>, evidence: Partial<Evidence>): Submission {
  return {
    v: 1,
    submission_id: "s-1",
    site: "shop",
    received_at: Date.UTC(2031, 0, 2),
    visitor_id: "v-1",
    honeypot: false,
    claims: [],
    contact: { ...CONTACT, ...contact },
    evidence: { ...EVIDENCE, ...evidence },
  };
}

/** What a receiver reads, of the parts that this test looks at. */
interface Read {
  lead: Contact & { truncated: boolean };
  scores: { reasons: EvidenceReason[] };
  session: Evidence;
}

const bodyOf = (contact: Partial<Contact> = {}, evidence: Partial<Evidence> = {}) =>
  leadMessage("l-1", "merged", submissionOf(contact, evidence));
const read = (contact: Partial<Contact>, evidence: Partial<Evidence> = {}) =>
  (JSON.parse(bodyOf(contact, evidence)) as { data: Read }).data;

const bytes = (text: string) => new TextEncoder().encode(text).byteLength;

describe("a message", () => {
  it("has all there is of a lead that fits", () => {
    const { label, scores, reasons: told, ...session } = EVIDENCE;
    expect(JSON.parse(bodyOf())).toEqual({
      type: "lead.merged",
      timestamp: "2031-01-02T00:00:00.000Z",
      data: {
        lead: {
          lead_id: "l-1",
          submission_id: "s-1",
          site: "shop",
          outcome: "merged",
          visitor_id: "v-1",
          submitted_at: Date.UTC(2031, 0, 2),
          ...CONTACT,
          guest: false,
          truncated: false,
        },
        scores: { ...scores, label, reasons: told },
        session,
      },
    });
  });

  it("may be 20,000 bytes long, and is cut from the next one on", () => {
    const room = WEBHOOK_MAX_BYTES - bytes(bodyOf({ message: "" }));
    expect(bytes(bodyOf({ message: "m".repeat(room) }))).toBe(WEBHOOK_MAX_BYTES);
    expect(read({ message: "m".repeat(room) }).lead.truncated).toBe(false);
    expect(read({ message: "m".repeat(room + 1) })).toMatchObject({
      lead: { truncated: true },
      session: { pages: pages.slice(-5) },
    });
    // Bytes are what counts, and é is two.
    expect(read({ message: "é".repeat(room / 2 + 1) }).lead.truncated).toBe(true);
  });
});

describe("a message that is too long", () => {
  const long = (units: number, count = 20) => Array.from({ length: count }, (_, i) => page(i) + "p".repeat(units));

  it("loses old pages and acts first", () => {
    const { lead, scores, session } = read({}, { pages: long(1_500) });
    expect(lead).toEqual(expect.objectContaining({ ...CONTACT, truncated: true }));
    expect(session).toMatchObject({
      pages: long(1_500).slice(-5),
      acts: acts.slice(-3),
      campaign: { utm_source: "s" },
    });
    expect(scores.reasons).toHaveLength(20);
  });

  it("then reasons, the lightest of them", () => {
    const { scores, session } = read({}, { reasons: reasons(1_200) });
    expect(scores.reasons).toEqual(reasons(1_200).slice(0, 10));
    expect(session).toMatchObject({ pages: pages.slice(-5), acts: acts.slice(-3), campaign: { utm_source: "s" } });
  });

  it("then all of its pages, acts and campaign", () => {
    const { lead, scores, session } = read({}, { pages: long(5_000) });
    expect(session).toMatchObject({ pages: [], acts: [], campaign: {}, entry_page: page(0), referrer: page(2) });
    expect(scores.reasons).toHaveLength(10);
    expect(lead).toMatchObject({ fields: { a: "1" } });
  });

  it("then its fields", () => {
    const { lead } = read({ message: "m".repeat(5_000), fields: { a: "a".repeat(20_000) } });
    expect(lead).toMatchObject({ fields: {}, message: "m".repeat(5_000) });
  });

  it("then its message but for the beginning", () => {
    const { lead, session } = read({ name: "n".repeat(500), message: "\u0001".repeat(4_000) });
    expect(lead).toMatchObject({ message: "\u0001".repeat(1_000), name: "n".repeat(500), fields: {} });
    expect(session).toMatchObject({ entry_page: page(0), referrer: page(2) });
  });

  it("last of its texts and addresses, and never how to answer it", () => {
    const texts = { name: "n", project: "p", location: "l", team: "t", source: "s", keyword: "k" };
    const said = Object.fromEntries(Object.entries(texts).map(([name, unit]) => [name, unit.repeat(4_000)]));
    const { lead, session } = read({ ...said, message: null });
    for (const [name, unit] of Object.entries(texts)) expect(lead).toMatchObject({ [name]: unit.repeat(100) });
    expect(lead).toMatchObject({ email: "a@b.co", message: null, truncated: true });
    expect(session).toMatchObject({ entry_page: null, referrer: null, current_page: page(1) });
  });

  it("has null where there was nothing to cut", () => {
    expect(read({ name: null, project: "\u0001".repeat(4_000) }).lead).toMatchObject({ name: null, message: "Hello" });
  });

  it("never ends in half a character", () => {
    const cut = (text: string) => read({ message: text + "\u0001".repeat(4_000) }).lead.message;
    expect(cut(`${"m".repeat(999)}😀`)).toBe("m".repeat(999));
    expect(cut(`${"m".repeat(998)}😀`)).toBe(`${"m".repeat(998)}😀`);
    expect(cut(`😀${"m".repeat(998)}`)).toBe(`😀${"m".repeat(998)}`);
  });
});
