import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { SLOW_MS } from "./limits";
import { Notice, Waiting } from "./parts/states";

export type Load<Props = Record<never, never>> = () => Promise<{ default: ComponentType<Props> }>;

interface LazyProps<Props> {
  load: Load<Props>;
  title: string;
  props: Props;
}

/** Loaded components by their `load`. Untyped, but `Lazy` reads each with the `load` that stored it, so the types agree. */
const loaded = new Map<unknown, unknown>();

/** A view, or a part of one, whose code is fetched when it is first shown. */
export function Lazy<Props extends object>({ load, title, props }: LazyProps<Props>) {
  const [View, setView] = useState<ComponentType<Props> | null>(
    () => (loaded.get(load) as ComponentType<Props> | undefined) ?? null,
  );
  const [state, setState] = useState<"waiting" | "slow" | "failed">("waiting");
  useEffect(() => {
    if (View) return;
    const slow = setTimeout(() => setState((now) => (now === "failed" ? now : "slow")), SLOW_MS);
    load()
      .then((module) => {
        loaded.set(load, module.default);
        setView(() => module.default);
      })
      .catch(() => setState("failed"))
      .finally(() => clearTimeout(slow));
    return () => clearTimeout(slow);
  }, [load, View]);
  if (View) return <View {...props} />;
  if (state === "failed") {
    return (
      <Notice title={`${title} could not be loaded`}>
        There may be a newer version of this page. <a href={location.pathname}>Load it again</a>
      </Notice>
    );
  }
  return state === "slow" ? <Waiting /> : null;
}
