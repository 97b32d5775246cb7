import { place, setParams } from "../place";

interface TabsProps {
  /** The parameter of the URL that says which is open; the first is open without it. */
  name: string;
  label: string;
  tabs: readonly (readonly [value: string, title: string])[];
}

/** Parts of a view, as links in all but their address: each is a place of its own. */
export function Tabs({ name, label, tabs }: TabsProps) {
  const open = place.value.params[name] ?? tabs[0]?.[0];
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(([value, title]) => (
        <button
          key={value}
          type="button"
          aria-current={value === open ? "page" : undefined}
          onClick={() => setParams({ [name]: value })}
        >
          {title}
        </button>
      ))}
    </nav>
  );
}
