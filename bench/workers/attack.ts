import { BudgetActor as ProductionBudget } from "../../durable/budget/actor";
import { LeadActor as ProductionLead } from "../../durable/lead/actor";
import { SubmitActor as ProductionSubmit } from "../../durable/submit/actor";
import type { Env } from "../../src/bindings";
import type { SiteSums } from "../../src/core/budget/sites";
import worker from "../../src/index";
import {
  API_PER_MINUTE,
  LEADS_PER_MINUTE,
  SITE_LEADS_PER_MINUTE,
  SITE_STARTS_PER_MINUTE,
  STARTS_PER_MINUTE,
  TRACK_PER_MINUTE,
} from "../../src/limits";
import { saveSettings } from "../../src/ops/site-settings";
import { ADDRESS_BYTES_PER_HOUR, SITE_BYTES_PER_DAY, SiteInput, type SiteSettings } from "../../src/protocol/site";
import type { Attack, Job, Outcome } from "./attack-job";
import { countedEnv, identities } from "./bill";
import { countedBucket, countedDatabase, countStorage, countValues } from "./counted";
import { active, add, advanceTo, alarms, beginAt, counts } from "./simulated";

/**
 * An attack on the production Worker in simulated time, with its own limits and a counter on each billed operation. Alarms are
 * rung at the end of each minute, in their order.
 */

export {
  AlertActor,
  EndpointActor,
  EraserActor,
  IdentityActor,
  RealtimeActor,
  RosterActor,
  SessionActor,
  SiteSettings,
} from "./bill";

/** Leads and names of submits, in the order they were first asked: their alarms are the driver's. */
const leads = new Set<string>();
const submits = new Set<string>();

export class LeadActor extends ProductionLead {
  constructor(ctx: DurableObjectState, env: Env) {
    countStorage("session", ctx.storage, ctx.id.toString(), []);
    super(ctx, { ...env, DB: countedDatabase("session", env.DB), TRACKING_R2: countedBucket(env.TRACKING_R2) });
    leads.add(ctx.id.toString());
    add("session", "object_calls");
  }

  fire(): Promise<void> {
    add("session", "alarms");
    return active("session", () => super.alarm());
  }
}

export class SubmitActor extends ProductionSubmit {
  constructor(ctx: DurableObjectState, env: Env) {
    countStorage("session", ctx.storage, ctx.id.toString(), []);
    super(ctx, env);
    submits.add(ctx.id.toString());
    add("session", "object_calls");
  }

  fire(): Promise<void> {
    add("session", "alarms");
    return active("session", () => super.alarm());
  }
}

export class BudgetActor extends ProductionBudget {
  constructor(ctx: DurableObjectState, env: Env) {
    countValues(ctx.storage);
    super(ctx, env);
  }

  override add(sums: SiteSums): SiteSums {
    add("identity", "object_calls");
    return super.add(sums);
  }

  override spent(site: string): number {
    add("identity", "object_calls");
    return super.spent(site);
  }
}

/** As the binding counts: by key, in windows of a minute. */
class Limiter implements RateLimit {
  #minute = -1;
  #used = new Map<string, number>();

  constructor(readonly most: number) {}

  limit({ key }: RateLimitOptions): Promise<RateLimitOutcome> {
    const minute = Math.floor(Date.now() / 60_000);
    if (minute !== this.#minute) this.#used.clear();
    this.#minute = minute;
    const used = (this.#used.get(key) ?? 0) + 1;
    this.#used.set(key, used);
    return Promise.resolve({ success: used <= this.most });
  }
}

/** The address's limits, or the site's, as many times smaller as the attack is. */
function limitsOf({ scale, isSpread }: Attack) {
  const ofAddress = (most: number) => new Limiter(isSpread ? most : most / scale);
  const ofSite = (most: number) => new Limiter(isSpread ? most / scale : most);
  return {
    LIMIT_TRACK: ofAddress(TRACK_PER_MINUTE),
    LIMIT_START: ofAddress(STARTS_PER_MINUTE),
    LIMIT_SITE_STARTS: ofSite(SITE_STARTS_PER_MINUTE),
    LIMIT_LEADS: ofAddress(LEADS_PER_MINUTE),
    LIMIT_SITE_LEADS: ofSite(SITE_LEADS_PER_MINUTE),
    LIMIT_API: ofAddress(API_PER_MINUTE),
  };
}

/** Budgets, as many times smaller. */
const budgetsOf = ({ scale, isSpread }: Attack): Partial<SiteSettings["budgets"]> =>
  isSpread
    ? { site_bytes_per_day: Math.round(SITE_BYTES_PER_DAY / scale) }
    : { address_bytes_per_hour: Math.round(ADDRESS_BYTES_PER_HOUR / scale) };

const SITE = "attacked";
const PAGE = "https://shop.example/";
/** Sessions that one address goes on with: of its 1,200 calls a minute each has fifty. */
const GONE_ON_WITH = 24;
/** Who goes on with sessions begins one in so many calls. */
const BEGIN_EVERY = 10;
const FAT = "x".repeat(2_400);

let made = 0;
const newId = (): string => {
  made += 1;
  return `00000000-0000-4000-8000-${made.toString(16).padStart(12, "0")}`;
};

const addressOf = (n: number, isSpread: boolean): string =>
  isSpread ? `${1 + (n >> 16)}.${(n >> 8) % 256}.${n % 256}.7` : "198.51.100.7";

interface Sent {
  path: string;
  body: object;
  /** The session that it begins. */
  begins?: string;
}

const event = (n: number, data?: object) => ({ event_type: data ? `type.n${n}` : "click", ...(data && { data }) });

class Attacker {
  /** Sessions that have been taken, and how often they were called. */
  readonly #begun: { id: string; calls: number }[] = [];
  /** What each call is of. */
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

  /** The session that it begins was taken, so it can be continued. */
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

interface Fired {
  fire(): Promise<void>;
}

/** Rings what is due by then, in its order, until nothing is. */
async function ring(env: Env, attacker: Attacker, until: number): Promise<void> {
  for (;;) {
    const due = [...alarms].filter(([, at]) => at <= until).sort((a, b) => a[1] - b[1]);
    if (due.length === 0) return;
    for (const [id, at] of due) {
      if (alarms.get(id) !== at) continue;
      alarms.delete(id);
      advanceTo(at);
      await stubOf(env, attacker, id)?.fire();
    }
  }
}

/** The bindings' types are of the production classes: these are subclasses of them, with the driver's call. */
const fired = (stub: unknown): Fired => stub as Fired;

function stubOf(env: Env, attacker: Attacker, id: string): Fired | null {
  const session = attacker.ids.get(id);
  if (session !== undefined) return fired(env.SESSION.getByName(session));
  if (identities.has(id)) return fired(env.IDENTITY.get(env.IDENTITY.idFromString(id)));
  if (leads.has(id)) return fired(env.LEAD.get(env.LEAD.idFromString(id)));
  if (submits.has(id)) return fired(env.SUBMIT.get(env.SUBMIT.idFromString(id)));
  // Of the roster: it only looks whether anybody is left.
  return null;
}

const MINUTE = 60_000;
/** Past the end of every session: each is forgotten 24 hours after it. */
const REST = 26 * 60 * MINUTE;

/** An attack that is being played, a piece at a time: a day in one call would be too long to wait for. */
class Play {
  readonly #attacker: Attacker;
  readonly #world: Env;
  readonly #statuses: Record<string, number> = {};
  #sent = 0;
  #minute = 0;

  constructor(
    readonly attack: Attack,
    readonly env: Env,
  ) {
    this.#attacker = new Attacker(attack, env);
    this.#world = { ...countedEnv(env), ...limitsOf(attack) };
  }

  async minutes(count: number, ctx: ExecutionContext): Promise<void> {
    const { start, rate, isSpread } = this.attack;
    for (const end = this.#minute + count; this.#minute < end; this.#minute++) {
      const began = start + this.#minute * MINUTE;
      for (let i = 0; i < rate; i++) {
        advanceTo(began + Math.floor((i * MINUTE) / rate));
        const ip = addressOf(this.#sent, isSpread);
        const sent = this.#attacker.next(this.#sent);
        const status = await send(sent, ip, this.#world, ctx);
        if (status === 200) this.#attacker.took(sent);
        this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
        this.#sent += 1;
      }
      await ring(this.env, this.#attacker, began + MINUTE);
    }
  }

  async end(): Promise<Outcome> {
    await ring(this.env, this.#attacker, this.attack.start + this.#minute * MINUTE + REST);
    return { counts: { ...counts }, statuses: this.#statuses };
  }
}

let play: Play | null = null;

async function begin(attack: Attack, env: Env): Promise<Play> {
  beginAt(attack.start);
  alarms.clear();
  await saveSettings(env, SITE, SiteInput.parse({ allowed_origins: ["*"], budgets: budgetsOf(attack) }));
  return new Play(attack, env);
}

async function step(job: Job, env: Env, ctx: ExecutionContext): Promise<Outcome | null> {
  if (job.begin) play = await begin(job.begin, env);
  if (!play) throw new Error("no attack was begun");
  await play.minutes(job.minutes, ctx);
  return job.isLast ? play.end() : null;
}

const handler: ExportedHandler<Env> = worker;

async function send({ path, body }: Sent, ip: string, env: Env, ctx: ExecutionContext): Promise<number> {
  add("session", "requests");
  const headers = { Origin: "https://shop.example", "CF-Connecting-IP": ip, "Content-Type": "application/json" };
  const request = new Request<unknown, IncomingRequestCfProperties>(`https://bench${path}?site=${SITE}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  const response = await (handler.fetch?.(request, env, ctx) ?? new Response(null, { status: 500 }));
  await response.body?.cancel();
  return response.status;
}

export default {
  async fetch(request, env, ctx) {
    try {
      return Response.json(await step(await request.json<Job>(), env, ctx));
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
    }
  },
} satisfies ExportedHandler<Env>;
