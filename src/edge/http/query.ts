import type * as z from "zod";
import { invalidQuery, Problem } from "../../protocol/problem";
import { parseWith } from "../../protocol/track";
import { SiteName } from "../../protocol/values";
import type { Caller } from "./auth";
import type { KeyedContext } from "./context-keyed";

/**
 * Checks the query by its schema. If the schema has a `site`, it is narrowed to what the caller may see, so that no handler has to
 * think of it.
 */
export function readQuery<T>(
  schema: z.ZodObject & z.ZodType<T>,
  { url, caller }: Pick<KeyedContext, "url"> & { caller: Pick<Caller, "sites"> },
): T {
  // Even a strict schema ignores this one name.
  if (url.searchParams.has("__proto__")) throw invalidQuery("__proto__", "is no parameter of this path");
  refuseRepeats(url.searchParams);
  const given = Object.fromEntries(url.searchParams);
  const site = "site" in schema.shape ? siteFilter(caller, given["site"]) : undefined;
  const parsed = parseWith(schema, site === undefined ? given : { ...given, site });
  if (parsed.ok) return parsed.value;
  const { detail, errors = [] } = parsed.refusal;
  throw new Problem("invalid_query", detail, { errors });
}

/** 400 if a parameter stands twice, because either value could be the one that is meant. */
export function refuseRepeats(params: URLSearchParams): void {
  const seen = new Set<string>();
  for (const name of params.keys()) {
    if (seen.has(name)) throw invalidQuery(name, "may stand only once");
    seen.add(name);
  }
}

/**
 * The site of a question. A key for one site need not name it; a key for several has to say which. A site that the caller may not
 * see becomes a random name that no site has.
 */
function siteFilter({ sites }: Pick<Caller, "sites">, named: string | undefined): string | undefined {
  if (sites === null) return named;
  if (named !== undefined)
    return sites.includes(named) || !SiteName.safeParse(named).success ? named : crypto.randomUUID();
  const [only, ...more] = sites;
  if (only !== undefined && more.length === 0) return only;
  throw invalidQuery("site", "this key is for several sites: name one");
}
