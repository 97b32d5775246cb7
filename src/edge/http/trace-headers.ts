import { headerOf } from "../../protocol/header";

/**
 * What tools that watch a page's calls add to each of them. A preflight that does not allow them keeps the call from being sent.
 * They say which call of the page this one is, and nothing here reads them.
 */
const NAMES: ReadonlySet<string> = new Set([
  // W3C Trace Context and Baggage: OpenTelemetry, and most of the others as well.
  ...["traceparent", "tracestate", "baggage"],
  // Zipkin, Sentry, New Relic, Elastic, Azure, Jaeger, Google, AWS, Honeycomb, LightStep, SkyWalking, Grafana Faro.
  ...["b3", "sentry-trace", "newrelic", "elastic-apm-traceparent", "request-id", "request-context"],
  ...["traceresponse", "uber-trace-id", "x-cloud-trace-context", "x-amzn-trace-id", "x-honeycomb-trace", "sw8"],
  ...["x-request-id", "x-correlation-id", "x-dynatrace", "x-faro-session-id"],
]);
const BEGINNINGS = /^(x-datadog-|x-b3-|x-instana-|x-ot-span-|x-dynatrace-|uberctx-)[a-z0-9-]+$/;

/** Of the headers that a preflight asks for, those of such tools, each once and in small letters. */
export function traceHeaders(headers: Headers): string[] {
  const asked = (headerOf(headers, "Access-Control-Request-Headers") ?? "").toLowerCase().split(",");
  return [...new Set(asked.map((name) => name.trim()))].filter((name) => NAMES.has(name) || BEGINNINGS.test(name));
}
