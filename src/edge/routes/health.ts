import { version } from "../../../package.json";
import type { Env } from "../../bindings";
import { probeArchive, probeCounters, probeDatabase } from "../../data/store/probe";
import { errorField } from "../../ops/logger";
import { freshSettings } from "../../ops/site-settings";
import { prefixFault } from "../http/arrive";
import type { Handler } from "../http/context";
import { limitApi } from "../http/rate";

const PROBE_ID = "00000000-0000-0000-0000-000000000000";

/** A harmless call of each binding. */
const probes = (env: Env): Record<string, () => Promise<unknown>> => ({
  DB: () => probeDatabase(env.DB),
  TRACKING_KV: () => probeCounters(env.TRACKING_KV),
  TRACKING_R2: () => probeArchive(env.TRACKING_R2),
  SESSION: () => env.SESSION.getByName(PROBE_ID).live(),
  SITE: () => freshSettings(env, "default"),
});

/** `GET /health`. `?deep=1` asks every binding: 503 if one fails, or if a variable has no valid value. */
export const getHealth: Handler = async ({ url, env, request, log }) => {
  const answer = { status: "ok", version, timestamp: Date.now() };
  const headers = { "Cache-Control": "no-store" };
  if (url.searchParams.get("deep") !== "1") return Response.json(answer, { headers });
  await limitApi(env, request);
  const checks = await Promise.all(
    Object.entries(probes(env)).map(async ([name, probe]): Promise<[string, string]> => {
      try {
        await probe();
        return [name, "ok"];
      } catch (error) {
        log.error("probe_failed", { binding: name, error: errorField(error) });
        return [name, "failed"];
      }
    }),
  );
  const fault = prefixFault(env);
  if (fault) checks.push(["INGEST_PREFIX", fault]);
  const ok = checks.every(([, result]) => result === "ok");
  const body = { ...answer, status: ok ? "ok" : "failed", checks: Object.fromEntries(checks) };
  return Response.json(body, { status: ok ? 200 : 503, headers });
};
