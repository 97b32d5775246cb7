import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { SLOW_MS } from "./limits";
import { Notice, Waiting } from "./parts/states";

export type Load = () => Promise<{ default: ComponentType }>;

const loaded = new Map<Load, ComponentType>();

/** A view whose code is fetched when it is first looked at. */
export function Lazy({ load, title }: { load: Load; title: string }) {
  const [View, setView] = useState<ComponentType | null>(() => loaded.get(load) ?? null);
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
  if (View) return <View />;
  if (state === "failed") {
    return (
      <Notice title={`${title} could not be loaded`}>
        There may be a newer version of this page. <a href={location.pathname}>Load it again</a>
      </Notice>
    );
  }
  return state === "slow" ? <Waiting /> : null;
}
