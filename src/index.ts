import type { Env } from "./bindings";
import { runCron } from "./cron";
import { arrive } from "./edge/http/arrive";
import { withBrowserHeaders } from "./edge/http/browser-headers";
import type { Context } from "./edge/http/context";
import { preflight, withDashboardCors } from "./edge/http/cors";
import { PUBLIC } from "./edge/http/paths";
import { createRouter } from "./edge/http/router";
import { elsewhere, routes } from "./edge/routes";
import { MAX_REQUEST_URL_UNITS } from "./limits";
import { createLogger, errorField, type Logger } from "./ops/logger";
import { headerOf } from "./protocol/header";
import { Problem, unavailable } from "./protocol/problem";

export { AlertActor } from "../durable/alerts/actor";
export { BudgetActor } from "../durable/budget/actor";
export { EndpointActor } from "../durable/endpoint/actor";
export { EraserActor } from "../durable/eraser/actor";
export { IdentityActor } from "../durable/identity/actor";
export { LeadActor } from "../durable/lead/actor";
export { RealtimeActor } from "../durable/realtime/actor";
export { RosterActor } from "../durable/roster/actor";
export { SessionActor } from "../durable/session/actor";
export { SiteSettings } from "../durable/site/actor";
export { SubmitActor } from "../durable/submit/actor";

const dispatch = createRouter(routes, elsewhere);

async function answer(context: Context): Promise<Response> {
  const { request, url } = context;
  if (request.url.length > MAX_REQUEST_URL_UNITS) {
    throw new Problem("address_too_long", `An address may have at most ${MAX_REQUEST_URL_UNITS} characters.`);
  }
  if (request.method === "OPTIONS" && PUBLIC.test(url.pathname)) return preflight(request);
  return dispatch(context);
}

/** The one place where an error becomes a response. The log has the details, the caller hears a general message. */
function failure(error: unknown, log: Logger): Response {
  if (error instanceof Problem) {
    if (error.status >= 500) log.warn("refused", { code: error.code, status: error.status });
    return error.toResponse();
  }
  log.error("unhandled", { error: errorField(error) });
  // D1's failures begin with its name. They pass, and are not the caller's fault.
  if (error instanceof Error && error.message.startsWith("D1_"))
    return unavailable("The database does not answer.").toResponse();
  return new Problem("internal", "Something went wrong here; the request may be sent again.").toResponse();
}

export default {
  async fetch(asked, env): Promise<Response> {
    const request_id = headerOf(asked.headers, "CF-Ray") ?? crypto.randomUUID();
    const log = createLogger(env.LOG_LEVEL, { request_id });
    const { request, url, below } = arrive(asked, env, log);
    const context: Context = { request, url, params: {}, route: "", below, env, log };
    const began = Date.now();
    const answered = await answer(context).catch((error: unknown) => failure(error, log));
    const response = withBrowserHeaders(await withDashboardCors(answered, context), request, url, env.HSTS);
    log.debug("request", {
      method: request.method,
      path: pathClass(url),
      status: response.status,
      ms: Date.now() - began,
    });
    return response;
  },

  async scheduled(controller, env): Promise<void> {
    const log = createLogger(env.LOG_LEVEL, { request_id: crypto.randomUUID(), cron: controller.cron });
    await runCron(controller.cron, env, log, controller.scheduledTime);
  },
} satisfies ExportedHandler<Env>;

/** The first two parts of a path: they tell routes apart, and name nobody. */
const pathClass = (url: URL): string => url.pathname.split("/", 3).join("/").slice(0, 64);
