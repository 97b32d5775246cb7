import { isMade } from "../../protocol/event-name";
import { eventsOf } from "./projection";

/** The free names of a site's events, by the slugs that were made of them. */

/** The first name stays, so a repeat of a flush or of a name costs no row. */
const INSERT_NAMES = `
  INSERT INTO event_names (event_type, site, name)
  SELECT value ->> 0, ?1, value ->> 1 FROM json_each(?2) WHERE true
  ON CONFLICT (event_type, site) DO NOTHING`;

/** `sites`: a condition on a site; its parameter is the second. */
const findNamesOn = (sites: string): string => `
  SELECT event_type, min(name) AS name FROM event_names
  WHERE event_type IN (SELECT value FROM json_each(?1)) AND ${sites} GROUP BY event_type`;

const ON_SITE = findNamesOn("(?2 IS NULL OR site = ?2)");
const IN_SESSION = findNamesOn("site = (SELECT site FROM sessions WHERE session_id = ?2)");

/** Whether journal text may name an event. Most text does not, and need not be parsed. */
const MAY_NAME = /\.x[0-9a-f]{10}","name":"/;

/** The statements that write the names of a journal text's events, of those that D1 is to hold: at most one, and mostly none. */
export function insertNames(db: D1Database, site: string, body: string): D1PreparedStatement[] {
  if (!MAY_NAME.test(body)) return [];
  const names = new Map<string, string>();
  for (const { event_type, name } of eventsOf(body, [])) if (name !== undefined) names.set(event_type, name);
  return names.size > 0 ? [db.prepare(INSERT_NAMES).bind(site, JSON.stringify([...names]))] : [];
}

type Names = ReadonlyMap<string, string>;

/** Most answers have no made slug, and then D1 is not asked. */
async function find(db: D1Database, statement: string, types: readonly string[], of: string | null): Promise<Names> {
  const made = [...new Set(types)].filter(isMade);
  if (made.length === 0) return new Map();
  const { results } = await db
    .prepare(statement)
    .bind(JSON.stringify(made), of)
    .all<{ event_type: string; name: string }>();
  return new Map(results.map(({ event_type, name }) => [event_type, name]));
}

/** The names that `types` have on a site; `site` is null for any. */
export const findNames = (db: D1Database, site: string | null, types: readonly string[]): Promise<Names> =>
  find(db, ON_SITE, types, site);

/** The names that `types` have on the site of a session. */
export const findSessionNames = (db: D1Database, session_id: string, types: readonly string[]): Promise<Names> =>
  find(db, IN_SESSION, types, session_id);
