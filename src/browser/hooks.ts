import { safe } from "./safe";

/** `event`: recorded; `ack`: a call was settled; `session`: events now belong to this id. */
export type HookName = "event" | "ack" | "session";
export type Hook = (detail: unknown) => void;

const hooks: [HookName, Hook][] = [];

export function on(name: HookName, hook: Hook): void {
  hooks.push([name, safe(hook)]);
}

export function emit(name: HookName, detail: unknown): void {
  for (const [wanted, hook] of hooks) if (wanted === name) hook(detail);
}
