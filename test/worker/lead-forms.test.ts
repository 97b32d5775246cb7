import { expect, it } from "vitest";
import { ask, KEY } from "../support/visit";
import { problemOf } from "./helpers";

const put = (site: string, forms: object) =>
  ask(`/analytics/sites/${site}`, {
    method: "PUT",
    body: JSON.stringify({ allowed_origins: ["*"], forms }),
    headers: KEY,
  });

async function siteWith(forms: object): Promise<string> {
  const site = `f-${crypto.randomUUID()}`;
  const response = await put(site, forms);
  expect(response.status, await response.clone().text()).toBe(200);
  return site;
}

const FIELDS = [
  { name: "email", label: "Email", type: "email" },
  { name: "Your-Phone", label: "Phone", type: "tel" },
];

it("a site's form is public, with its defaults, and with a tag that is answered 304", async () => {
  const site = await siteWith({ required: ["phone"], definitions: { contact: { fields: FIELDS, title: "Grüße" } } });
  const headers = { Origin: "https://shop.example" };
  const response = await ask(`/lead/forms/${site}/contact`, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  expect(response.headers.get("Cache-Control")).toMatch(/^public, max-age=\d+/);
  expect(await response.json()).toMatchObject({
    site,
    name: "contact",
    title: "Grüße",
    submit: "Send",
    honeypot: "pulse_website",
    // What the site wants of every lead, the form has to ask for.
    fields: [
      { name: "email", required: false },
      { name: "Your-Phone", required: true },
    ],
  });
  const tag = response.headers.get("ETag") ?? "";
  expect(tag).toMatch(/^"[0-9a-f]+"$/);
  const again = await ask(`/lead/forms/${site}/contact`, { headers: { ...headers, "If-None-Match": `W/${tag}` } });
  expect(again.status).toBe(304);
  expect(again.headers.get("ETag")).toBe(tag);
  await put(site, { definitions: { contact: { fields: FIELDS } } });
  const changed = await ask(`/lead/forms/${site}/contact`, { headers: { ...headers, "If-None-Match": tag } });
  expect(changed.status).toBe(200);
});

it.each(["gone", "constructor", "__proto__", "%E0%A4%A"])(
  "there is no form %s, and a page may read that",
  async (name) => {
    const site = await siteWith({ definitions: { contact: { fields: FIELDS } } });
    const response = await ask(`/lead/forms/${site}/${name}`, { headers: { Origin: "https://shop.example" } });
    if (name !== "%E0%A4%A") expect(response.headers.get("Access-Control-Allow-Origin")).toBe("https://shop.example");
    await problemOf(response, "not_found");
  },
);

it.each([
  ["no fields", { fields: [] }],
  ["two fields of a name", { fields: [FIELDS[0], FIELDS[0]] }],
  ["markup for a name", { fields: [{ name: "<b>", label: "x" }] }],
  ["a redirect to a script", { fields: FIELDS, redirect: "javascript:alert(1)" }],
  ["a redirect to whoever owns what follows //", { fields: FIELDS, redirect: "//evil.example" }],
  ["a redirect by a backslash", { fields: FIELDS, redirect: "/\\evil.example" }],
  ["a theme that is more than a value", { fields: FIELDS, theme: { accent: "red;background:url(//evil.example)" } }],
  ["an unknown type", { fields: [{ name: "x", label: "x", type: "file" }] }],
])("a definition with %s is refused", async (_, contact) => {
  await problemOf(await put("refused", { definitions: { contact } }), "invalid_body");
});

it("definitions may be large, and are refused where they would not fit what carries them", async () => {
  const options = Array.from({ length: 250 }, (_, i) => ({ value: `c${i}`, label: `Country ${i} ${"x".repeat(30)}` }));
  const form = (i: number) => ({
    fields: [...FIELDS, { name: `country${i}`, label: "Country", type: "select", options }],
  });
  const site = await siteWith({ definitions: { a: form(1), b: form(2), c: form(3) } });
  const { fields } = await (await ask(`/lead/forms/${site}/c`)).json<{ fields: { options?: unknown[] }[] }>();
  expect(fields[2]?.options).toHaveLength(250);
  await problemOf(await put(site, { definitions: { a: form(1), b: form(2), c: form(3), d: form(4) } }), "too_large");
  expect((await ask(`/lead/forms/${site}/c`)).status).toBe(200);
});
