import type { Env } from "../../src/bindings";
import worker from "../../src/index";

/**
 * The production Worker with D1's meter beside each answer. Asked with `X-Straight: 1` it believes that nothing was ever
 * rolled up, and answers from the rows alone.
 */

export * from "../../src/index";

interface Meter {
  rows: number;
}

const STATE = /^SELECT hours_through, days_through, floor, ranged_from FROM rollup_state$/;
const NOTHING_ROLLED = "SELECT 0 AS hours_through, 0 AS days_through, 0 AS floor, 0 AS ranged_from";

const inner = new WeakMap<object, D1PreparedStatement>();

function meteredResult<T>(meter: Meter, result: D1Result<T>): D1Result<T> {
  meter.rows += result.meta.rows_read;
  return result;
}

function meteredStatement(meter: Meter, statement: D1PreparedStatement): D1PreparedStatement {
  const metered: Pick<D1PreparedStatement, "bind" | "run" | "all" | "first"> = {
    bind: (...values) => meteredStatement(meter, statement.bind(...values)),
    run: async <T>() => meteredResult(meter, await statement.run<T>()),
    all: async <T>() => meteredResult(meter, await statement.all<T>()),
    first: async <T>() => meteredResult(meter, await statement.all<T>()).results[0] ?? null,
  };
  inner.set(metered, statement);
  return metered as D1PreparedStatement;
}

const meteredDatabase = (meter: Meter, db: D1Database, isStraight: boolean): D1Database =>
  ({
    prepare: (query: string) =>
      meteredStatement(meter, db.prepare(isStraight && STATE.test(query) ? NOTHING_ROLLED : query)),
    batch: async <T>(statements: D1PreparedStatement[]) =>
      (await db.batch<T>(statements.map((statement) => inner.get(statement) ?? statement))).map((result) =>
        meteredResult(meter, result),
      ),
  }) as D1Database;

export default {
  async fetch(request, env) {
    const meter: Meter = { rows: 0 };
    const isStraight = request.headers.has("X-Straight");
    const metered = { ...env, DB: meteredDatabase(meter, env.DB, isStraight) };
    const answer = await worker.fetch(request, metered);
    const response = new Response(answer.body, answer);
    response.headers.set("X-Rows-Read", String(meter.rows));
    return response;
  },
} satisfies ExportedHandler<Env>;
