import type { CLSMetric, INPMetric, LCPMetric } from "web-vitals";

/** The node that a figure is about, where the browser tells. */
export function culpritOf(metric: LCPMetric | INPMetric | CLSMetric): Node | null | undefined {
  switch (metric.name) {
    case "LCP":
      return metric.entries.at(-1)?.element;
    case "INP":
      // What an interaction was with may be gone by its end: another of its events may still know it.
      return metric.entries.find(({ target }) => target)?.target;
    case "CLS": {
      const [worst] = [...metric.entries].sort((a, b) => b.value - a.value);
      // The largest of what has moved comes first.
      return worst?.sources?.find(({ node }) => node)?.node;
    }
  }
}
