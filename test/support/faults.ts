import type { IdentityActor } from "../../durable/identity/actor";
import type { RosterActor } from "../../durable/roster/actor";
import type { Spending } from "../../src/core/budget/spending";
import type { Sighting } from "../../src/core/identity/record";
import type { RosterReport } from "../../src/core/roster/entry";

/**
 * Faults in thin wrappers around the bindings. Each outside write passes here, by name. It may fail before it happens, or after it
 * has happened (committed, but reported as failed), or it may kill the caller before or after.
 */

/**
 * `hang`: not done, no answer. `refuse`: not done, error. `lie`: done, error. `dieBefore`/`dieAfter`: the caller never hears of
 * it.
 */
export type Fault = "refuse" | "lie" | "dieBefore" | "dieAfter" | "hang";

/** Every outside write of the production flush. A write with another name fails the crash suite. */
export const WRITES = ["d1.batch", "r2.put meta", "r2.put identity", "r2.put events", "r2.delete identity"] as const;
/** Reads and single statements that the flush may also make. */
export const OTHERS = ["d1.run", "r2.list"] as const;
export type Point = (typeof WRITES)[number] | (typeof OTHERS)[number];

interface Call {
  /** The actor's id. It tells this actor's calls from those of other actors, which go on while a test runs. */
  by: string;
  point: string;
}

interface Control {
  /** What happens at the next calls of a point. */
  at: Map<string, Fault>;
  /** Calls made, in order. */
  calls: Call[];
  /** Calls beside the writes, which nothing waits for: `identity.seen`, `roster.report`. */
  beside: Call[];
  /** Awaited before each outside call, to hold a flush half-way. */
  gate: Promise<void> | null;
  /** Awaited before an identity actor's answer is passed on, to hold it back. */
  answers: Promise<void> | null;
  /** What was told about spending, in the order of the answers. */
  spendings: Promise<unknown>[];
  /** The size that D1 says it has, bytes; null for its real one. */
  databaseBytes: number | null;
}

/** Shared by the tests and the actors: they run in one isolate. */
export const faults: Control = {
  at: new Map(),
  calls: [],
  beside: [],
  gate: null,
  answers: null,
  spendings: [],
  databaseBytes: null,
};

export function resetFaults(): void {
  faults.at.clear();
  faults.calls = [];
  faults.beside = [];
  faults.gate = null;
  faults.answers = null;
  faults.spendings = [];
  faults.databaseBytes = null;
}

/** Holds calls back (`gate`) or the identity actors' answers (`answers`) until the function it gives is called. */
export function hold(what: "gate" | "answers"): () => void {
  let open = (): void => {};
  faults[what] = new Promise((resolve) => {
    open = resolve;
  });
  return () => {
    faults[what] = null;
    open();
  };
}

const pointsBy = (calls: readonly Call[], { id }: Actor): string[] =>
  calls.filter(({ by }) => by === id.toString()).map(({ point }) => point);

/** Any actor: its stub, or its state. */
interface Actor {
  id: DurableObjectId;
}

/** The calls that one actor has made, in order. */
export const callsBy = (actor: Actor): string[] => pointsBy(faults.calls, actor);

/** The actor's calls beside the writes. */
export const besideBy = (actor: Actor): string[] => pointsBy(faults.beside, actor);

const forever = (): Promise<never> => new Promise(() => {});

/** An actor that calls. */
export interface Caller {
  id: DurableObjectId;
  die: () => void;
}

export const callerOf = (ctx: DurableObjectState): Caller => ({
  id: ctx.id,
  die: () => ctx.abort("killed by the test"),
});

async function pass<T>(point: string, { id, die }: Caller, call: () => Promise<T>): Promise<T> {
  faults.calls.push({ by: id.toString(), point });
  if (faults.gate) await faults.gate;
  const fault = faults.at.get(point);
  if (fault === "refuse") throw new Error(`Network connection lost (${point})`);
  if (fault === "hang") return forever();
  if (fault === "dieBefore") {
    die();
    return forever();
  }
  const result = await call();
  if (fault === "lie") throw new Error(`Network connection lost after ${point}`);
  if (fault === "dieAfter") {
    die();
    return forever();
  }
  return result;
}

const kindOf = (key: string): string => /\/(meta|identity|events|replay)[./]/.exec(key)?.[1] ?? "other";

export function faultyBucket(bucket: R2Bucket, caller: Caller): R2Bucket {
  const wrapped: Pick<R2Bucket, "put" | "delete" | "list" | "head" | "get"> = {
    put: ((key: string, ...rest: unknown[]) =>
      pass(`r2.put ${kindOf(key)}`, caller, () =>
        Reflect.apply(bucket.put, bucket, [key, ...rest]),
      )) as R2Bucket["put"],
    delete: (keys) => pass(`r2.delete ${kindOf([keys].flat()[0] ?? "")}`, caller, () => bucket.delete(keys)),
    list: (options) => pass("r2.list", caller, () => bucket.list(options)),
    head: (key) => bucket.head(key),
    get: ((...args: unknown[]) => Reflect.apply(bucket.get, bucket, args)) as R2Bucket["get"],
  };
  return wrapped as R2Bucket;
}

/** `whose` is put before the name of each call, so that an identity actor's calls are told from a session's. */
export function faultyDatabase(db: D1Database, caller: Caller, whose = ""): D1Database {
  const wrapped: Pick<D1Database, "prepare" | "batch" | "exec"> = {
    prepare: (query) => faultyStatement(db.prepare(query), caller),
    batch: async <T>(statements: D1PreparedStatement[]) => {
      const results = await pass(`${whose}d1.batch`, caller, () => db.batch<T>(statements.map(unwrap)));
      const { databaseBytes } = faults;
      if (databaseBytes === null) return results;
      return results.map((result) => ({ ...result, meta: { ...result.meta, size_after: databaseBytes } }));
    },
    exec: (query) => pass("d1.exec", caller, () => db.exec(query)),
  };
  return wrapped as D1Database;
}

export function faultyKv(kv: KVNamespace, caller: Caller, whose = ""): KVNamespace {
  const wrapped: Pick<KVNamespace, "put" | "delete"> = {
    put: ((...args: unknown[]) =>
      pass(`${whose}kv.put`, caller, () => Reflect.apply(kv.put, kv, args))) as KVNamespace["put"],
    delete: ((key: string) => pass(`${whose}kv.delete`, caller, () => kv.delete(key))) as KVNamespace["delete"],
  };
  return wrapped as KVNamespace;
}

/** The roster's answer to a session's report: `refuse` fails it, `lie` leaves it without an answer for good. */
export function faultyRoster(
  roster: DurableObjectNamespace<RosterActor>,
  { id }: Caller,
): DurableObjectNamespace<RosterActor> {
  const getByName = (name: string) => {
    const stub = roster.getByName(name);
    const report = (report: RosterReport): Promise<void> => {
      faults.beside.push({ by: id.toString(), point: "roster.report" });
      const fault = faults.at.get("roster.report");
      if (fault === "refuse") return Promise.reject(new Error("the roster is away"));
      return fault === "lie" ? forever() : stub.report(report);
    };
    return { report, leave: (session_id: string, seq: number) => stub.leave(session_id, seq) };
  };
  return { getByName } as unknown as DurableObjectNamespace<RosterActor>;
}

const inner = new WeakMap<object, D1PreparedStatement>();
const unwrap = (statement: D1PreparedStatement): D1PreparedStatement => inner.get(statement) ?? statement;

function faultyStatement(statement: D1PreparedStatement, caller: Caller): D1PreparedStatement {
  const wrapped: Pick<D1PreparedStatement, "bind" | "run" | "first" | "all"> = {
    bind: (...values) => faultyStatement(statement.bind(...values), caller),
    run: () => pass("d1.run", caller, () => statement.run()),
    first: ((...args: []) => statement.first(...args)) as D1PreparedStatement["first"],
    all: () => statement.all(),
  };
  inner.set(wrapped, statement);
  return wrapped as D1PreparedStatement;
}

/**
 * The calls of a session to its identity actors. They are no writes of the session's, so they are not among those, nor held by the
 * gate.
 */
export function faultyIdentity(
  namespace: DurableObjectNamespace<IdentityActor>,
  caller: Caller,
): DurableObjectNamespace<IdentityActor> {
  return new Proxy(namespace, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== "function") return value;
      if (property !== "getByName") return value.bind(target);
      return (name: string) => {
        const stub = target.getByName(name);
        return {
          seen: (sighting: Sighting) => answerOf(caller, () => stub.seen(sighting)),
          spend: (spending: Spending) => {
            const answer = stub.spend(spending);
            faults.spendings.push(answer);
            return answer;
          },
          forget: (session_id: string, key: string) => stub.forget(session_id, key),
        };
      };
    },
  });
}

async function answerOf<T>({ id }: Caller, ask: () => Promise<T>): Promise<T> {
  faults.beside.push({ by: id.toString(), point: "identity.seen" });
  const fault = faults.at.get("identity.seen");
  if (fault === "hang") return forever();
  if (fault === "refuse") throw new Error("the identity actor is away");
  const answer = await ask();
  if (faults.answers) await faults.answers;
  if (fault === "lie") throw new Error("the identity actor went away after it had answered");
  return answer;
}

/** Calls of other actors pass as `<name>.<method>`. */
export function faultyCalls<T extends Rpc.DurableObjectBranded>(
  name: string,
  namespace: DurableObjectNamespace<T>,
  caller: Caller,
): DurableObjectNamespace<T> {
  return new Proxy(namespace, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== "function") return value;
      if (property !== "getByName") return value.bind(target);
      return (id: string): object =>
        new Proxy(target.getByName(id), {
          get:
            (stub, method) =>
            async (...args: unknown[]) =>
              pass(`${name}.${String(method)}`, caller, async () => {
                const call: unknown = Reflect.get(stub, method);
                return typeof call === "function" ? Reflect.apply(call, stub, args) : call;
              }),
        });
    },
  });
}
