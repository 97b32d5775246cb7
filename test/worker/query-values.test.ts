import { describe, expect, it } from "vitest";
import { ask, KEY } from "../support/visit";
import { problemOf } from "./helpers";

interface Published {
  paths: Record<string, { get?: { parameters?: { name: string; in: string }[] } }>;
}

/** Every question of the API that names no single thing, with its parameters. */
async function questions(): Promise<[path: string, names: string[]][]> {
  const { paths } = await (await ask("/openapi.json")).json<Published>();
  return Object.entries(paths).flatMap(([path, { get }]) => {
    const names = (get?.parameters ?? []).filter((one) => one.in === "query").map(({ name }) => name);
    const isAsked = path.startsWith("/analytics/") && !path.includes("{") && !path.endsWith("/stream");
    return isAsked && names.length > 0 ? [[path, names]] : [];
  });
}

const ACCEPTS = ["application/json", "text/csv", "application/x-ndjson"];

/** The parameter that a refusal names. */
async function refusedName(path: string, query: string, accept = "application/json"): Promise<string | undefined> {
  const response = await ask(`${path}?${query}`, { headers: { ...KEY, Accept: accept } });
  const { errors } = await problemOf(response, "invalid_query");
  return errors?.[0]?.path;
}

describe("a question", () => {
  it("that says a parameter twice is refused by that name, in every list and file", async () => {
    const asked = await questions();
    expect(asked.length).toBeGreaterThan(20);
    for (const [path, [name = ""]] of asked) expect(await refusedName(path, `${name}=1&${name}=1`), path).toBe(name);
    for (const accept of ACCEPTS) {
      expect(await refusedName("/analytics/sessions", "source=a&source=b", accept)).toBe("source");
      expect(await refusedName("/analytics/sessions", "source=&source=b", accept)).toBe("source");
      expect(await refusedName("/analytics/leads", "q=a&q=a", accept)).toBe("q");
    }
  });

  it("that says its site twice is refused where a page asks as well", async () => {
    const response = await ask("/track/event?site=a&site=b", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ session_id: crypto.randomUUID(), event_type: "click" }),
    });
    expect((await problemOf(response, "invalid_query")).errors?.[0]?.path).toBe("site");
  });

  // What else is no time is in test/unit/query.test.ts.
  it("of a time past the end of dates, or of a day that no calendar has, is refused wherever times are asked", async () => {
    const asked = (await questions()).filter(([, names]) => names.includes("from") && names.includes("to"));
    expect(asked.length).toBeGreaterThan(10);
    for (const [path] of asked) {
      expect(await refusedName(path, "from=8640000000000001&to=8640000000000009"), path).toBe("from");
      expect(await refusedName(path, "from=2026-02-30"), path).toBe("from");
    }
  });
});
