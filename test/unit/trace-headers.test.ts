import { describe, expect, it } from "vitest";
import { preflight } from "../../src/edge/http/cors";
import { traceHeaders } from "../../src/edge/http/trace-headers";
import { MAX_HEADER_UNITS } from "../../src/limits";

const asking = (names: string): Headers => new Headers({ "Access-Control-Request-Headers": names });

describe("headers that tools add to a page's calls", () => {
  it.each([
    ["W3C", "traceparent,tracestate,baggage"],
    ["Datadog", "x-datadog-origin,x-datadog-parent-id,x-datadog-sampling-priority,x-datadog-trace-id"],
    ["Zipkin", "b3,x-b3-traceid,x-b3-spanid,x-b3-sampled"],
    ["Sentry", "sentry-trace,baggage"],
    ["New Relic", "newrelic,traceparent,tracestate"],
    ["Elastic", "elastic-apm-traceparent"],
    ["Instana", "x-instana-t,x-instana-s,x-instana-l"],
    ["Azure", "request-id,request-context"],
    ["Jaeger", "uber-trace-id,uberctx-tenant"],
    ["Google, AWS", "x-cloud-trace-context,x-amzn-trace-id"],
  ])("are allowed: %s", (_, names) => {
    expect(traceHeaders(asking(names))).toEqual(names.split(","));
  });

  it("are allowed in any case, with any blanks, and said once", () => {
    expect(traceHeaders(asking(" Traceparent ,TRACEPARENT,, x-B3-TraceId"))).toEqual(["traceparent", "x-b3-traceid"]);
  });

  it.each([
    "x-custom",
    "cookie",
    "x-traceparent",
    "traceparent2",
    "x-b3-",
    "x-b3-a b",
    "x-datadog-ä",
    "*",
    "constructor",
  ])("are those and no others: %s", (name) => {
    expect(traceHeaders(new Headers({ "Access-Control-Request-Headers": encodeURI(name) }))).toEqual([]);
  });

  it("are read up to a header's length", () => {
    const long = `${"x-none,".repeat(MAX_HEADER_UNITS / 7 + 1)}traceparent`;
    expect(traceHeaders(asking(long))).toEqual([]);
    expect(traceHeaders(new Headers())).toEqual([]);
  });

  it("stand in a preflight's answer beside those that a call needs", () => {
    const headers = {
      Origin: "https://shop.example",
      "Access-Control-Request-Headers": "content-type,traceparent,x-own",
    };
    const answer = preflight(new Request("https://pulse.example/track/event", { method: "OPTIONS", headers }));
    const allowed = answer.headers.get("Access-Control-Allow-Headers");
    expect(allowed).toBe("Content-Type, Authorization, X-API-Key, Idempotency-Key, traceparent");
    expect(answer.headers.get("Vary")).toContain("Access-Control-Request-Headers");
  });
});
