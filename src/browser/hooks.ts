import type { Hook, HookName } from "./public";
import { safe } from "./safe";

const hooks: [HookName, Hook][] = [];
let session: unknown;

export function on(name: HookName, hook: Hook): void {
  hooks.push([name, safe(hook)]);
  if (name === "session" && session) safe(hook)(session);
}

export function emit(name: HookName, detail: unknown): void {
  if (name === "session") session = detail;
  for (const [wanted, hook] of hooks) if (wanted === name) hook(detail);
}
