/** vitals.js: the Core Web Vitals of a page load, as Google's web-vitals measures them. Recorded once, when the page is left. */
import { type CLSMetric, type INPMetric, type LCPMetric, onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";
import type { Kit } from "../../kit";
import { listen } from "../../safe";
import { culpritOf } from "./culprit";
import { nameOf } from "./name";

/** Starts measuring; the browser also tells what happened before. Returns what records the result: call it as the page leaves. */
export function start(record: Kit["recordEvent"]): () => void {
  let data: Record<string, unknown> = {};
  let isSaid = false;
  // Listen before web-vitals does: a page that comes back from the back/forward cache is measured anew.
  listen("pageshow", ({ persisted }) => {
    if (!persisted) return;
    data = {};
    isSaid = false;
  });
  const ms = (name: string, value: number): void => {
    data[name] = Math.round(value);
  };
  // Name the element at once, because it may be gone by the time the page is left.
  const named = (name: string, metric: LCPMetric | INPMetric | CLSMetric): void => {
    data[`${name}_element`] = nameOf(culpritOf(metric));
  };
  // Report each change: only when the page is left is it known that there is no other, and then it is too late to record it.
  const all = { reportAllChanges: true };
  onTTFB(({ value }) => ms("ttfb", value), all);
  onFCP(({ value }) => ms("fcp", value), all);
  onLCP((metric) => {
    ms("lcp", metric.value);
    named("lcp", metric);
  }, all);
  onINP((metric) => {
    ms("inp", metric.value);
    named("inp", metric);
  }, all);
  onCLS((metric) => {
    data["cls"] = Math.round(metric.value * 10_000) / 10_000;
    named("cls", metric);
  }, all);
  return () => {
    if (isSaid || !Object.keys(data)[0]) return;
    isSaid = true;
    record({ event_type: "web_vitals", data });
  };
}
