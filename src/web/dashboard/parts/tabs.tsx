import { place, setParams } from "../place";

interface TabsProps {
  /** The URL parameter that names the open tab; without it the first is open. */
  name: string;
  label: string;
  tabs: readonly (readonly [value: string, title: string])[];
}

/** Parts of a view. The open one is in the URL, so that "back" and bookmarks work. */
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
