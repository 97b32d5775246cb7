import { type IRequest, Router } from "itty-router";
import { Problem } from "../../protocol/problem";
import type { Context, Handler } from "./context";

/** In the order in which `Allow` names them. */
const METHODS = ["GET", "POST", "PUT", "DELETE"] as const;

export interface Route {
  method: (typeof METHODS)[number];
  /** itty-router's syntax: `/analytics/sessions/:id`. */
  path: string;
  handler: Handler;
}

export type Dispatch = (context: Context) => Promise<Response>;

/** A route that takes a request, and the path's parameters as they stand in the address. */
interface Match {
  route: Route;
  params: Record<string, string>;
}

type Find = (method: string, url: string) => Promise<Match | undefined>;

/** Answers HEAD like GET, 405 with `Allow` for a method that the path does not take, and asks `elsewhere` if no route has the path. */
export function createRouter(routes: readonly Route[], elsewhere: Handler): Dispatch {
  const find = finder(routes);
  return async (context) => {
    const { method, url } = context.request;
    const match = await find(method === "HEAD" ? "GET" : method, url);
    if (!match) return missing(context, find, elsewhere);
    const { route, params } = match;
    const response = await route.handler({ ...context, params: decode(params), route: route.path });
    return method === "HEAD" ? new Response(null, response) : response;
  };
}

/** itty-router finds the route, and does not call it: so we may also ask it which methods a path takes. */
function finder(routes: readonly Route[]): Find {
  const router = Router<IRequest, [], Match | undefined>();
  const add = { GET: router.get, POST: router.post, PUT: router.put, DELETE: router.delete };
  for (const route of routes) add[route.method](route.path, ({ params }): Match => ({ route, params }));
  // itty-router writes onto what it is given, so it gets an object of its own instead of the request.
  return (method, url) => router.fetch({ method, url });
}

/** No route took the request. `OPTIONS` hears which methods the path takes, another method gets 405. */
async function missing(context: Context, find: Find, elsewhere: Handler): Promise<Response> {
  const { method, url } = context.request;
  const allow: string[] = [];
  for (const one of METHODS) {
    if (!(await find(one, url))) continue;
    allow.push(one);
    if (one === "GET") allow.push("HEAD");
  }
  if (allow.length === 0) return elsewhere(context);
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
