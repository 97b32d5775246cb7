import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { href, view } from "../place";
import { GROUPS, VIEWS } from "../views";

const isOpen = signal(false);

/** The views by group; on a phone behind a button. */
export function Nav() {
  const current = VIEWS[view.value]?.within ?? view.value;
  useEffect(() => {
    isOpen.value = false;
  }, [view.value]);
  return (
    <nav class={isOpen.value ? "nav open" : "nav"} aria-label="Views">
      <button
        type="button"
        class="nav-toggle"
        aria-expanded={isOpen.value}
        aria-controls="views"
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <span>{VIEWS[view.value]?.title ?? "Views"}</span>
        <span aria-hidden="true">{isOpen.value ? "▴" : "▾"}</span>
      </button>
      <div id="views">
        {GROUPS.map(({ title, views }) => (
          <div class="nav-group" key={title}>
            <h2>{title}</h2>
            <ul>
              {views.map((name) => (
                <li key={name}>
                  <a href={href(name)} aria-current={current === name ? "page" : undefined}>
                    {VIEWS[name]?.title}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </nav>
  );
}
