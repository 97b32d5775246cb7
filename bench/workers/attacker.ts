import type { Env } from "../../src/bindings";
import type { Attack } from "./attack-job";

export const SITE = "attacked";
const PAGE = "https://shop.example/";
/** Sessions that one address continues: of its 1,200 calls a minute each gets fifty. */
const GONE_ON_WITH = 24;
/** An attacker that continues sessions begins a new one in every so many calls. */
const BEGIN_EVERY = 10;
const FAT = "x".repeat(2_400);

let made = 0;
const newId = (): string => {
  made += 1;
  return `00000000-0000-4000-8000-${made.toString(16).padStart(12, "0")}`;
};

export const addressOf = (n: number, isSpread: boolean): string =>
  isSpread ? `${1 + (n >> 16)}.${(n >> 8) % 256}.${n % 256}.7` : "198.51.100.7";

export interface Sent {
  path: string;
  body: object;
  /** The session that the request begins. */
  begins?: string;
}

const event = (n: number, data?: object) => ({ event_type: data ? `type.n${n}` : "click", ...(data && { data }) });

/** Makes the requests of an attack, one after another. */
export class Attacker {
  /** Sessions that have been taken, and how often they were called. */
  readonly #begun: { id: string; calls: number }[] = [];
  /** Session ids by the ids of their objects. */
  readonly ids = new Map<string, string>();

  constructor(
    readonly attack: Attack,
    readonly env: Env,
  ) {}

  next(n: number): Sent {
    const { kind, isSpread, scale } = this.attack;
    if (kind === "leads") {
      return { path: "/lead", body: { email: `n${n}@person.example`, message: "x".repeat(1_000) } };
    }
    if (kind === "unknown") return this.#batch(newId(), 1, { events: [event(n)] });
    if (kind === "starts") return this.#begin([event(n)]);
    if (kind === "heavy") {
      return this.#begin(Array.from({ length: 100 }, (_, i) => event(n * 100 + i, { text: FAT })));
    }
    const most = isSpread ? Number.POSITIVE_INFINITY : Math.ceil(GONE_ON_WITH / scale);
    const known = this.#begun[n % this.#begun.length];
    if (!known || (this.#begun.length < most && n % BEGIN_EVERY === 0)) return this.#begin([event(n)]);
    known.calls += 1;
    if (kind === "calls") return this.#batch(known.id, known.calls + 1, { events: [event(n)] });
    const consent = known.calls % 2 === 0 ? "granted" : "denied";
    return { path: "/track/session/start", body: { page: PAGE, session_id: known.id, consent } };
  }

  /** Notes that the session which the request begins was taken, so that it can be continued. */
  took({ begins }: Sent): void {
    if (begins) this.#begun.push({ id: begins, calls: 0 });
  }

  #begin(events: object[]): Sent {
    const id = newId();
    const start = { page: PAGE, fingerprint_id: `f-${id}`, visitor_id: `v-${id}` };
    return { ...this.#batch(id, 1, { events, start }), begins: id };
  }

  #batch(session_id: string, first: number, more: object): Sent {
    this.ids.set(this.env.SESSION.idFromName(session_id).toString(), session_id);
    return { path: "/track/events/batch", body: { session_id, stream: "s", first, ...more } };
  }
}
