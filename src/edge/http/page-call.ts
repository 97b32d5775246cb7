import { limitsLifted } from "../../bindings";
import { headerOf } from "../../protocol/header";
import { Problem } from "../../protocol/problem";
import { readJson } from "./body";
import { limitBytes } from "./byte-limit";
import type { Context } from "./context";
import { readableBy, withCors } from "./cors";
import { limitTrack } from "./rate";

/** Answers a call that reads JSON. */
export const answerPage = (context: Context, answer: (body: unknown) => Promise<object>): Promise<Response> =>
  answerPageWith(context, readJson, answer);

/** Limits and CORS around a tracking route. The page may read its errors too, because `Retry-After` is for it. */
export async function answerPageWith<Body>(
  context: Context,
  read: (request: Request) => Promise<Body>,
  answer: (body: Body) => Promise<object>,
): Promise<Response> {
  const { request, env } = context;
  const origin = headerOf(request.headers, "Origin");
  try {
    await limitTrack(env, request);
    if (!limitsLifted(env)) limitBytes(request);
    const body = await answer(await read(request));
    const headers = { "Content-Type": "application/json", "Cache-Control": "no-store", ...readableBy(origin) };
    return new Response(JSON.stringify(body), { headers });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    context.log.info("refused", { code: error.code, status: error.status });
    return withCors(error.toResponse(), error.code === "origin_not_allowed" ? null : origin);
  }
}
