/** Core Web Vitals of a page load, as Google's web-vitals measures them, told once: as the page is left. */
import { type CLSMetric, type INPMetric, type LCPMetric, onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";
import type { Kit } from "../../kit";
import { listen } from "../../safe";
import { culpritOf } from "./culprit";
import { nameOf } from "./name";

/** Starts measuring; what has happened before is told by the browser. Returns what tells it, to be called as the page leaves. */
export function start(record: Kit["recordEvent"]): () => void {
  let data: Record<string, unknown> = {};
  let isSaid = false;
  // Before the measuring hears of it: a page that comes back is seen as quickly, and as steadily, as it then is.
  listen("pageshow", ({ persisted }) => {
    if (!persisted) return;
    data = {};
    isSaid = false;
  });
  const ms = (name: string, value: number): void => {
    data[name] = Math.round(value);
  };
  // Named at once: until the page is left the element may be gone.
  const named = (name: string, metric: LCPMetric | INPMetric | CLSMetric): void => {
    data[`${name}_element`] = nameOf(culpritOf(metric));
  };
  // Each change: whether there will be another is not known before the page is left, and then it is too late to be told.
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
