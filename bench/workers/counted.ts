import { add, alarms, type Part } from "./simulated";

/** Bindings and storage with a counter on each billed operation, for each part of the bill. */

const countedStatement = (part: Part, statement: D1PreparedStatement): D1PreparedStatement => {
  const counted: Pick<D1PreparedStatement, "bind" | "run" | "all" | "first"> = {
    bind: (...values) => countedStatement(part, statement.bind(...values)),
    run: async <T>() => countedResult(part, await statement.run<T>()),
    all: async <T>() => countedResult(part, await statement.all<T>()),
    first: async <T>() => countedResult(part, await statement.all<T>()).results[0] ?? null,
  };
  inner.set(counted, statement);
  return counted as D1PreparedStatement;
};
const inner = new WeakMap<object, D1PreparedStatement>();

function countedResult<T>(part: Part, result: D1Result<T>): D1Result<T> {
  add(part, "d1_rows_written", result.meta.rows_written);
  add(part, "d1_rows_read", result.meta.rows_read);
  return result;
}

export const countedDatabase = (part: Part, db: D1Database) =>
  ({
    prepare: (query: string) => countedStatement(part, db.prepare(query)),
    batch: async <T>(statements: D1PreparedStatement[]) =>
      (await db.batch<T>(statements.map((statement) => inner.get(statement) ?? statement))).map((result) =>
        countedResult(part, result),
      ),
  }) as D1Database;

/** The same binding, with its calls counted under the line of the bill that they belong to. */
export function countedCalls<T extends object>(part: Part, binding: T, lines: Record<string, string>): T {
  return new Proxy(binding, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        const line = lines[String(name)];
        if (line) add(part, line);
        return Reflect.apply(value, target, args);
      };
    },
  });
}

export const countedBucket = (bucket: R2Bucket): R2Bucket =>
  countedCalls("session", bucket, { put: "r2_class_a", list: "r2_class_a", get: "r2_class_b", head: "r2_class_b" });

export const countedKv = (part: Part, kv: KVNamespace): KVNamespace =>
  countedCalls(part, kv, { get: "kv_reads", put: "kv_writes", delete: "kv_writes", list: "kv_writes" });

/** Counts the billed operations of one object's storage, by replacing its methods. `tables`: the tables that the object has. */
export function countStorage(part: Part, storage: DurableObjectStorage, id: string, tables: string[]): void {
  const { sql } = storage;
  const exec = sql.exec.bind(sql);
  Object.defineProperty(sql, "exec", {
    value: (query: string, ...values: SqlStorageValue[]) => {
      const cursor = exec(query, ...values);
      // A cursor knows its rows when it has been read to its end, which the journal does in the same turn.
      const toArray = cursor.toArray.bind(cursor);
      Object.defineProperty(cursor, "toArray", {
        value: () => {
          const rows = toArray();
          add(part, "object_rows_written", cursor.rowsWritten);
          add(part, "object_rows_read", cursor.rowsRead);
          return rows;
        },
      });
      return cursor;
    },
  });
  Object.defineProperty(storage, "getAlarm", { value: () => Promise.resolve(alarms.get(id) ?? null) });
  Object.defineProperty(storage, "setAlarm", {
    value: (at: number) => {
      add(part, "set_alarms");
      alarms.set(id, at);
      return Promise.resolve();
    },
  });
  Object.defineProperty(storage, "deleteAlarm", {
    value: () => {
      alarms.delete(id);
      return Promise.resolve();
    },
  });
  const deleteAll = storage.deleteAll.bind(storage);
  Object.defineProperty(storage, "deleteAll", {
    value: () => {
      // Not in the price list; counted as a delete of every row there is.
      for (const table of tables) {
        add(part, "object_rows_written", Number(exec(`SELECT count(*) AS n FROM ${table}`).one()["n"]));
      }
      alarms.delete(id);
      return deleteAll();
    },
  });
}

/** A key-value write is a row like any other. */
export function countValues({ kv }: DurableObjectStorage): void {
  const put = kv.put.bind(kv);
  const get = kv.get.bind(kv);
  Object.defineProperty(kv, "put", {
    value: (key: string, value: unknown) => {
      add("identity", "object_rows_written");
      put(key, value);
    },
  });
  Object.defineProperty(kv, "get", {
    value: (key: string) => {
      add("identity", "object_rows_read");
      return get(key);
    },
  });
}
