import type { Hook, HookName } from "./public";
import { safe } from "./safe";

const hooks: [HookName, Hook][] = [];
let session: unknown;

export function on(name: HookName, hook: Hook): void {
  const own = safe(hook);
  hooks.push([name, own]);
  if (name === "session" && session) own(session);
}

export function emit(name: HookName, detail: unknown): void {
  if (name === "session") session = detail;
  for (const [wanted, hook] of hooks) if (wanted === name) hook(detail);
}
