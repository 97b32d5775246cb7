import { useEffect } from "preact/hooks";
import { key } from "./key";
import { Lazy } from "./lazy";
import { place, view } from "./place";
import { Help } from "./shell/help";
import { useShortcuts } from "./shell/keyboard";
import { Nav } from "./shell/nav";
import { SignIn } from "./shell/sign-in";
import { TopBar } from "./shell/top-bar";
import { VIEWS } from "./views";

/** The whole page: a key is asked for, then the view that the URL names is shown. */
export function App() {
  if (key.value === null) return <SignIn />;
  return <Shell />;
}

function Shell() {
  const name = view.value;
  const { id } = place.value;
  const shown = VIEWS[name] ?? VIEWS["overview"];
  useShortcuts();
  useEffect(() => {
    document.title = `${shown?.title ?? "PulseGate"} · PulseGate`;
  }, [shown]);
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={skip}>
        Skip to the content
      </button>
      <TopBar />
      <Nav />
      <main id="main" tabIndex={-1}>
        {shown && <Lazy key={`${name}/${id ?? ""}`} load={shown.load} title={shown.title} props={NONE} />}
      </main>
      <Help />
    </div>
  );
}

const NONE = {};

/** A button, because the fragment is the place: a link to `#main` would leave the view. */
const skip = (): void => document.getElementById("main")?.focus();
