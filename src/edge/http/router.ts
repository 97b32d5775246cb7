import { type IRequest, Router } from "itty-router";
import { Problem } from "../../protocol/problem";
import type { Context, Handler } from "./context";

export interface Route {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** itty-router's syntax: `/analytics/sessions/:id`. */
  path: string;
  handler: Handler;
}

export type Dispatch = (context: Context) => Promise<Response>;

/** Finds the route for a request; answers HEAD like GET, 405 with `Allow`, and asks `elsewhere` where there is no path. */
export function createRouter(routes: readonly Route[], elsewhere: Handler): Dispatch {
  const router = Router<IRequest, [Context], Response>();
  for (const { method, path, handler } of routes) {
    const add = { GET: router.get, POST: router.post, PUT: router.put, DELETE: router.delete }[method];
    add(path, (request: IRequest, context: Context) =>
      handler({ ...context, params: decode(request.params), route: path }),
    );
  }
  return async (context) => {
    const { method, url } = context.request;
    // itty-router writes params and query onto what it is given; a Request is passed on untouched.
    const asked = { method: method === "HEAD" ? "GET" : method, url } as IRequest;
    const response = await router.fetch(asked, context);
    if (!response) return missing(context, router.routes, elsewhere);
    return method === "HEAD" ? new Response(null, response) : response;
  };
}

type RouteEntry = [method: string, path: RegExp, ...rest: unknown[]];

/** No route took it: `OPTIONS` is told what the path takes, another method is a 405. */
function missing(context: Context, routes: readonly unknown[], elsewhere: Handler): Response | Promise<Response> {
  const { method } = context.request;
  const path = context.url.pathname;
  const methods = (routes as RouteEntry[]).filter(([, pattern]) => pattern.test(path)).map(([method]) => method);
  if (methods.length === 0) return elsewhere(context);
  const allow = [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))];
  const headers = { Allow: [...allow, "OPTIONS"].join(", ") };
  if (method === "OPTIONS") return new Response(null, { status: 204, headers });
  throw new Problem("method_not_allowed", `This path takes ${allow.join(", ")}.`, { headers });
}

function decode(params: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodePart(value)]));
}

function decodePart(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new Problem("not_found", "There is nothing at this path.");
  }
}
