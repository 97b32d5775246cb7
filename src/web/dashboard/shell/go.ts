/** `g` and then one of these goes to a view. */
export const GO: Readonly<Record<string, readonly [view: string, title: string]>> = {
  o: ["overview", "Overview"],
  n: ["live", "Live (now)"],
  s: ["sessions", "Sessions"],
  p: ["pages", "Pages"],
  l: ["leads", "Leads"],
  f: ["fingerprints", "Fingerprints"],
  a: ["anomalies", "Anomalies"],
  q: ["quality", "Data quality"],
};
