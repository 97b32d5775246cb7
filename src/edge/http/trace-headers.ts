import { headerOf } from "../../protocol/header";

/**
 * Headers that tracing tools add to every call of a page. If the preflight does not allow them, the browser does not send the call.
 * Nothing here reads them.
 */
const NAMES: ReadonlySet<string> = new Set([
  // W3C Trace Context and Baggage: OpenTelemetry, and most other tools.
  "traceparent",
  "tracestate",
  "traceresponse",
  "baggage",
  // Zipkin, Sentry, New Relic, Elastic, Azure.
  "b3",
  "sentry-trace",
  "newrelic",
  "elastic-apm-traceparent",
  "request-id",
  "request-context",
  // Jaeger, Google, AWS, Honeycomb, SkyWalking, Dynatrace, Grafana Faro.
  "uber-trace-id",
  "x-cloud-trace-context",
  "x-amzn-trace-id",
  "x-honeycomb-trace",
  "sw8",
  "x-dynatrace",
  "x-faro-session-id",
  // No tool in particular.
  "x-request-id",
  "x-correlation-id",
]);
const BEGINNINGS = /^(x-datadog-|x-b3-|x-instana-|x-ot-span-|x-dynatrace-|uberctx-)[a-z0-9-]+$/;

/** The tracing headers that a preflight asks for, each once, in lower case. */
export function traceHeaders(headers: Headers): string[] {
  const asked = (headerOf(headers, "Access-Control-Request-Headers") ?? "").toLowerCase().split(",");
  return [...new Set(asked.map((name) => name.trim()))].filter((name) => NAMES.has(name) || BEGINNINGS.test(name));
}
