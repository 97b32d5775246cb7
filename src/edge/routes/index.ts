import { headerOf } from "../../protocol/header";
import { Problem } from "../../protocol/problem";
import type { Handler } from "../http/context";
import { preflight } from "../http/cors";
import type { Route } from "../http/router";
import { getDaily, getEngagement, getOverview } from "./aggregates";
import { getAnomalies } from "./anomalies";
import { getAsset } from "./assets";
import { getBots, getDevices, getEventTypes, getGeo, getSources, getTopPages } from "./breakdowns";
import { getDemo } from "./demo";
import { deleteLead, deletePerson, deleteVisitor, getErasure } from "./erasures";
import { getFingerprint, getFingerprints, getIdentity } from "./fingerprints";
import { getHealth } from "./health";
import { deleteKey, getAudit, getKeys, postKey } from "./keys";
import { postCallback } from "./lead-callback";
import { getLeadForm } from "./lead-form";
import { getDeliveries, getLead, getLeadProjects, getLeadSources, getLeads } from "./lead-lists";
import { catchLead, postLead } from "./leads";
import { getLogs } from "./logs";
import { getMetrics } from "./metrics";
import { docsRoute, openApiRoute } from "./openapi";
import { exportPerson } from "./people";
import { getRealtime, openRealtimeStream } from "./realtime";
import { postRebuild } from "./rebuild";
import { getRecording, postRecording } from "./recording";
import { postRedeliver, postRedeliverMany } from "./redeliver";
import { getReplay } from "./replay";
import { getScript, getVersion } from "./scripts";
import { getLive, getSession, getSessionEvents, postTicket } from "./session";
import { getSessions } from "./sessions";
import { getSite, getSites, putSite } from "./sites";
import { openSessionStream, openTrackSocket } from "./socket";
import { getStorage } from "./storage";
import { endSession, startSession, trackBatch, trackEvent } from "./track";
import { exportVisitor } from "./visitors";

/** Every path of the Worker. */
export const routes: readonly Route[] = [
  { method: "POST", path: "/track/session/start", handler: startSession },
  { method: "POST", path: "/track/events/batch", handler: trackBatch },
  { method: "POST", path: "/track/event", handler: trackEvent },
  { method: "POST", path: "/track/session/end", handler: endSession },
  { method: "POST", path: "/track/recording", handler: postRecording },
  { method: "GET", path: "/track/socket", handler: openTrackSocket },
  { method: "POST", path: "/lead", handler: postLead },
  { method: "GET", path: "/tracker.js", handler: getScript },
  { method: "GET", path: "/form.js", handler: getScript },
  { method: "GET", path: "/pulse.js", handler: getScript },
  { method: "GET", path: "/v/:version/:name", handler: getVersion },
  { method: "POST", path: "/lead/callback", handler: postCallback },
  { method: "GET", path: "/lead/forms/:site/:name", handler: getLeadForm },
  { method: "GET", path: "/analytics/overview", handler: getOverview },
  { method: "GET", path: "/analytics/engagement", handler: getEngagement },
  { method: "GET", path: "/analytics/pages/top", handler: getTopPages },
  { method: "GET", path: "/analytics/geo", handler: getGeo },
  { method: "GET", path: "/analytics/sources", handler: getSources },
  { method: "GET", path: "/analytics/devices", handler: getDevices },
  { method: "GET", path: "/analytics/bots", handler: getBots },
  { method: "GET", path: "/analytics/events", handler: getEventTypes },
  { method: "GET", path: "/analytics/anomalies", handler: getAnomalies },
  { method: "GET", path: "/analytics/sessions", handler: getSessions },
  { method: "GET", path: "/analytics/sessions/daily", handler: getDaily },
  { method: "GET", path: "/analytics/sessions/:id", handler: getSession },
  { method: "GET", path: "/analytics/sessions/:id/events", handler: getSessionEvents },
  { method: "GET", path: "/analytics/sessions/:id/live", handler: getLive },
  { method: "GET", path: "/analytics/sessions/:id/replay", handler: getReplay },
  { method: "GET", path: "/analytics/sessions/:id/recording", handler: getRecording },
  { method: "GET", path: "/analytics/sessions/:id/stream", handler: openSessionStream },
  { method: "GET", path: "/analytics/fingerprints", handler: getFingerprints },
  { method: "GET", path: "/analytics/fingerprints/:id", handler: getFingerprint },
  { method: "GET", path: "/analytics/identity/:fingerprint_id", handler: getIdentity },
  { method: "GET", path: "/analytics/realtime", handler: getRealtime },
  { method: "GET", path: "/analytics/realtime/stream", handler: openRealtimeStream },
  { method: "GET", path: "/metrics", handler: getMetrics },
  { method: "POST", path: "/analytics/tickets", handler: postTicket },
  { method: "GET", path: "/analytics/sites", handler: getSites },
  { method: "GET", path: "/analytics/sites/:site", handler: getSite },
  { method: "PUT", path: "/analytics/sites/:site", handler: putSite },
  { method: "GET", path: "/analytics/storage", handler: getStorage },
  { method: "GET", path: "/analytics/logs", handler: getLogs },
  { method: "POST", path: "/analytics/rebuild", handler: postRebuild },
  { method: "DELETE", path: "/analytics/visitors/:id", handler: deleteVisitor },
  { method: "GET", path: "/analytics/visitors/:id/export", handler: exportVisitor },
  { method: "GET", path: "/analytics/people", handler: exportPerson },
  { method: "DELETE", path: "/analytics/people", handler: deletePerson },
  { method: "GET", path: "/analytics/erasures/:erasure", handler: getErasure },
  { method: "GET", path: "/analytics/keys", handler: getKeys },
  { method: "POST", path: "/analytics/keys", handler: postKey },
  { method: "DELETE", path: "/analytics/keys/:key", handler: deleteKey },
  { method: "GET", path: "/analytics/audit", handler: getAudit },
  { method: "GET", path: "/analytics/leads", handler: getLeads },
  { method: "GET", path: "/analytics/leads/projects", handler: getLeadProjects },
  { method: "GET", path: "/analytics/leads/sources", handler: getLeadSources },
  { method: "GET", path: "/analytics/leads/:id", handler: getLead },
  { method: "DELETE", path: "/analytics/leads/:id", handler: deleteLead },
  { method: "GET", path: "/analytics/deliveries", handler: getDeliveries },
  { method: "POST", path: "/analytics/deliveries/redeliver", handler: postRedeliverMany },
  { method: "POST", path: "/analytics/deliveries/:id/redeliver", handler: postRedeliver },
  { method: "GET", path: "/health", handler: getHealth },
  { method: "GET", path: "/openapi.json", handler: openApiRoute(() => routes) },
  { method: "GET", path: "/docs", handler: docsRoute(() => routes) },
  { method: "GET", path: "/demo", handler: getDemo },
  { method: "GET", path: "/dashboard*", handler: getAsset },
  { method: "GET", path: "/player*", handler: getAsset },
  { method: "GET", path: "/third-party.txt", handler: getAsset },
];

/** Any other path: 404, unless an old form sends its leads there. */
export const elsewhere: Handler = (context) => {
  const { request, url, below } = context;
  // Below the prefix only the names of `neutral-names.ts` exist.
  const isOurs = below !== "" || /^\/(track|analytics)(\/|$)/.test(url.pathname);
  if (request.method === "POST" && !isOurs) return catchLead(context);
  if (
    request.method === "OPTIONS" &&
    !isOurs &&
    headerOf(request.headers, "Access-Control-Request-Method") === "POST"
  ) {
    return preflight(request);
  }
  throw new Problem("not_found", "There is nothing at this path.");
};
