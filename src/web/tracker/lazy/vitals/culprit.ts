import type { CLSMetric, INPMetric, LCPMetric } from "web-vitals";

/** The node that a figure is about, if the browser tells it. */
export function culpritOf(metric: LCPMetric | INPMetric | CLSMetric): Node | null | undefined {
  switch (metric.name) {
    case "LCP":
      return metric.entries.at(-1)?.element;
    case "INP":
      // An interaction's target may be gone by its end, but another of its events may still know it.
      return metric.entries.find(({ target }) => target)?.target;
    case "CLS": {
      const [worst] = [...metric.entries].sort((a, b) => b.value - a.value);
      // The largest of the nodes that have moved comes first.
      return worst?.sources?.find(({ node }) => node)?.node;
    }
  }
}
