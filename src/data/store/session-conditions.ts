import type { Filter, FilterName } from "../../core/api/filter";

/** What sessions are chosen by, as conditions on a row of `sessions`. `@` stands for the table's name in a statement. */

export type SqlCondition = readonly [sql: string, ...values: (string | number)[]];

type Wanted<Name extends FilterName> = NonNullable<Filter[Name]>;

/** A value of a detail, which is found by its name in version 1, and by its index in `from` in version 2. */
const detailed = (name: string, place: number, usual: string): string =>
  `coalesce(@detail ->> '$.${name}', @detail ->> '$.from[${place}]', ${usual})`;

const equals =
  (sql: string) =>
  (value: string): SqlCondition => [`${sql} = ?`, value];
const atLeast =
  (column: string) =>
  (value: number): SqlCondition => [`@${column} >= ?`, value];
const atMost =
  (column: string) =>
  (value: number): SqlCondition => [`@${column} <= ?`, value];

/** `views` names a page in full, or, if it has the origin of the first page, by what follows the origin. */
const VIEWED = `(EXISTS (SELECT 1 FROM json_each(@detail, '$.views') WHERE key = ?) OR
  EXISTS (SELECT 1 FROM json_each(@detail, '$.views') WHERE key = ?) AND
  (SELECT instr(key, ?) = 1 FROM json_each(@detail, '$.views') LIMIT 1))`;

function viewed(page: string): SqlCondition {
  const start = `${URL.parse(page)?.origin}/`;
  const path = page.startsWith(start) ? page.slice(start.length - 1) : page;
  return [VIEWED, page, path, start];
}

/**
 * Every filter has its condition here: without one it would be taken from a caller, and then ignored. The most costly comes last,
 * because a row that one condition refuses is not asked the next.
 */
const CONDITIONS: { readonly [Name in FilterName]: (value: Wanted<Name>) => SqlCondition } = {
  site: equals("@site"),
  country: equals("@country"),
  label: equals("@label"),
  source: equals(detailed("source", 1, "'direct'")),
  channel: equals("coalesce(@detail ->> '$.from[5]', 'direct')"),
  campaign: equals(detailed("campaign", 3, "NULL")),
  device: equals(detailed("device_class", 0, "'unknown'")),
  min_engagement: atLeast("engagement"),
  max_engagement: atMost("engagement"),
  min_bot: atLeast("bot"),
  max_bot: atMost("bot"),
  min_vpn: atLeast("vpn"),
  max_vpn: atMost("vpn"),
  min_risk: atLeast("risk"),
  max_risk: atMost("risk"),
  page: viewed,
};

function conditionOf<Name extends FilterName>(filter: Filter, name: Name): SqlCondition | null {
  const value = filter[name];
  return value === undefined ? null : CONDITIONS[name](value as Wanted<Name>);
}

/**
 * A filter as conditions on a row of `sessions`. `table` is the name by which the statement calls it (`s.`). Values are bound,
 * never written into the statement.
 */
export function conditionsOf(filter: Filter, table = ""): SqlCondition[] {
  return (Object.keys(CONDITIONS) as FilterName[]).flatMap((name) => {
    const condition = conditionOf(filter, name);
    if (!condition) return [];
    const [sql, ...values] = condition;
    return [[sql.replaceAll("@", table), ...values] as const];
  });
}

export const joinConditions = (conditions: readonly SqlCondition[]) => ({
  sql: conditions.map(([sql]) => sql).join(" AND "),
  values: conditions.flatMap(([, ...values]) => values),
});
