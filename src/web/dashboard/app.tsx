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

/** Asks for a key, then shows the view that the URL names. */
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

/** A button instead of a link, because the fragment holds the view: `#main` would leave it. */
const skip = (): void => document.getElementById("main")?.focus();
