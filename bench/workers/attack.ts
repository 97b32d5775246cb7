import type { Env } from "../../src/bindings";
import worker from "../../src/index";
import { saveSettings } from "../../src/ops/site-settings";
import { SiteInput } from "../../src/protocol/site";
import { leads, submits } from "./attack-actors";
import type { Attack, Job, Outcome } from "./attack-job";
import { budgetsOf, limitsOf } from "./attack-limits";
import { Attacker, addressOf, type Sent, SITE } from "./attacker";
import { countedEnv, identities } from "./bill-actors";
import { add, advanceTo, alarms, beginAt, counts } from "./simulated";

/**
 * An attack on the production Worker in simulated time, with its own limits and a counter on each billed operation. Alarms are
 * rung at the end of each minute, in their order.
 */

export { BudgetActor, LeadActor, SubmitActor } from "./attack-actors";
export {
  AlertActor,
  EndpointActor,
  EraserActor,
  IdentityActor,
  RealtimeActor,
  RosterActor,
  SessionActor,
  SiteSettings,
} from "./bill-actors";

interface Fired {
  fire(): Promise<void>;
}

/** Rings the alarms that are due by `until`, in their order, until none is left. */
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

/** The bindings have the production classes' types. The objects are of subclasses, which have the driver's call. */
const fired = (stub: unknown): Fired => stub as Fired;

function stubOf(env: Env, attacker: Attacker, id: string): Fired | null {
  const session = attacker.ids.get(id);
  if (session !== undefined) return fired(env.SESSION.getByName(session));
  if (identities.has(id)) return fired(env.IDENTITY.get(env.IDENTITY.idFromString(id)));
  if (leads.has(id)) return fired(env.LEAD.get(env.LEAD.idFromString(id)));
  if (submits.has(id)) return fired(env.SUBMIT.get(env.SUBMIT.idFromString(id)));
  // It is an alarm of the roster, which only checks whether anybody is left.
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
