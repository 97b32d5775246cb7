// What each feature weighs in a script: the share of its modules in the minified text, times the brotli size of the script.

/** Features by the paths of their modules; the first that matches counts. Any other module is a feature by itself. */
export const FEATURES: readonly (readonly [feature: string, modules: RegExp])[] = [
  ["delivery", /tracker\/(delivery|queue|call|http|backoff|outbox|reply|json)\.ts$/],
  ["delivery", /lazy\/acts\/(move|settle|lost|bounds|recover|answers|socket)\.ts$/],
  ["session and visitor", /tracker\/(session|ids|storage|keys)\.ts$|lazy\/acts\/(tab|domain)\.ts$|lazy\/domain\//],
  ["campaigns", /campaign\.ts$/],
  ["consent", /tracker\/(consent|asked)\.ts$|lazy\/acts\/ask\.ts$/],
  ["page views", /capture\/pages\.ts$|lazy\/acts\/history\.ts$/],
  ["clicks", /capture\/(clicks|element|subject)\.ts$|lazy\/acts\/clicks\.ts$/],
  ["dead clicks", /lazy\/acts\/(dead|sight|unseen)\.ts$/],
  ["visibility", /capture\/visibility\.ts$/],
  ["facts of the device", /tracker\/page\.ts$|lazy\/acts\/device\.ts$/],
  ["errors", /lazy\/acts\/(errors|noise)\.ts$|privacy\/message\.ts$/],
  ["secrets", /tracker\/(rough|url)\.ts$|lazy\/acts\/clean\.ts$|privacy\//],
  ["API", /tracker\/(api|hooks|options|tracker|one|record)\.ts$|lazy\/acts\/rejections\.ts$/],
  ["loading", /tracker\/(lazy|load|start|plug|kit|safe|limits)\.ts$|lazy\/acts\/index\.ts$/],
  ["forms", /tracker\/form(\.ts|\/)/],
];

const featureOf = (path: string) =>
  FEATURES.find(([, those]) => those.test(path))?.[0] ?? path.replace(/^.*\/|\.ts$/g, "");

/**
 * @param parts Minified bytes by module.
 * @returns The heaviest first; they sum up to `brotli`, but for rounding.
 */
export function weigh(parts: Record<string, number>, brotli: number): [feature: string, bytes: number][] {
  const whole = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  const sums = new Map<string, number>();
  for (const [path, bytes] of Object.entries(parts))
    sums.set(featureOf(path), (sums.get(featureOf(path)) ?? 0) + (bytes * brotli) / whole);
  return [...sums].map(([name, bytes]) => [name, Math.round(bytes)] as [string, number]).sort((a, b) => b[1] - a[1]);
}
