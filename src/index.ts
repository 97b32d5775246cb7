import type { Env } from "./env";
import { arrive } from "./http/arrive";
import { withBrowserHeaders } from "./http/browser-headers";
import type { Context } from "./http/context";
import { preflight, withDashboardCors } from "./http/cors";
import { createLogger, errorField, type Logger } from "./http/logger";
import { PUBLIC } from "./http/paths";
import { Problem, unavailable } from "./http/problem";
import { createRouter } from "./http/router";
import { MAX_REQUEST_URL_UNITS } from "./limits";
import { runCron } from "./ops/cron";
import { headerOf } from "./protocol/header";
import { elsewhere, routes } from "./routes";

export { AlertActor } from "../durable/alerts";
export { BudgetActor } from "../durable/budget";
export { EndpointActor } from "../durable/endpoint";
export { EraserActor } from "../durable/eraser";
export { IdentityActor } from "../durable/identity";
export { LeadActor } from "../durable/lead";
export { RealtimeActor } from "../durable/realtime";
export { RosterActor } from "../durable/roster";
export { SessionActor } from "../durable/session";
export { SiteSettings } from "../durable/site";
export { SubmitActor } from "../durable/submit";

const dispatch = createRouter(routes, elsewhere);

async function answer(context: Context): Promise<Response> {
  const { request, url } = context;
  if (request.url.length > MAX_REQUEST_URL_UNITS) {
    throw new Problem("address_too_long", `An address may have at most ${MAX_REQUEST_URL_UNITS} characters.`);
  }
  if (request.method === "OPTIONS" && PUBLIC.test(url.pathname)) return preflight(request);
  return dispatch(context);
}

/** The one place where an error becomes a response: exact in the log, generic to the caller. */
function failure(error: unknown, log: Logger): Response {
  if (error instanceof Problem) {
    if (error.status >= 500) log.warn("refused", { code: error.code, status: error.status });
    return error.toResponse();
  }
  log.error("unhandled", { error: errorField(error) });
  // D1 names its own failures; they pass, and none of them is the caller's doing.
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

/** The first two parts of a path: enough to tell routes apart, too little to name anyone. */
const pathClass = (url: URL): string => url.pathname.split("/", 3).join("/").slice(0, 64);
