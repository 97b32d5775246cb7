import { safe } from "../../safe";

/** Calls that do what a visitor asked for without changing the page. */
const CALLS: [name: string, ...methods: string[]][] = [
  ["HTMLElement", "click"],
  ["HTMLInputElement", "showPicker"],
  ["Navigator", "share", "vibrate"],
  ["Clipboard", "write", "writeText"],
  ["HTMLMediaElement", "play"],
  ["AudioScheduledSourceNode", "start"],
  ["AudioBufferSourceNode", "start"],
];

type Methods = Record<string, (...args: unknown[]) => unknown>;

/**
 * Calls `f` whenever a script clicks for the visitor, copies, shares, plays, opens a window, or makes a file to save. The
 * original call runs first and unchanged.
 */
export function hearUnseen(f: () => void): void {
  const heard = safe(f);
  const wrap = (object: Methods | undefined, method: string): void => {
    const original = object?.[method];
    if (!object || !original) return;
    object[method] = function (this: unknown, ...args) {
      const answer = original.apply(this, args);
      heard();
      return answer;
    };
  };
  const globals = globalThis as unknown as Record<string, { prototype: Methods } | undefined>;
  for (const [name, ...methods] of CALLS) for (const method of methods) wrap(globals[name]?.prototype, method);
  wrap(window as unknown as Methods, "open");
  wrap(URL as unknown as Methods, "createObjectURL");
}
