import { kindOf } from "../breakdown/kinds";
import { Ranked } from "../breakdown/ranked";
import { href, view } from "../place";

const TABS = [
  ["pages", "Pages"],
  ["channels", "Channels"],
  ["sources", "Sources"],
  ["campaigns", "Campaigns"],
  ["media", "Media"],
  ["terms", "Terms"],
  ["contents", "Contents"],
  ["countries", "Countries"],
  ["devices", "Devices"],
] as const;

/** One breakdown of sessions. Each kind is a view of its own, so that the menu can name it. */
export default function BreakdownView() {
  const open = view.value;
  const kind = kindOf(open);
  return (
    <>
      <h1>{TABS.find(([name]) => name === open)?.[1]}</h1>
      <nav class="tabs" aria-label="What sessions are broken down by">
        {TABS.map(([name, title]) => (
          <a key={name} href={href(name)} aria-current={name === open ? "page" : undefined}>
            {title}
          </a>
        ))}
      </nav>
      {kind && <Ranked key={open} kind={kind} />}
    </>
  );
}
