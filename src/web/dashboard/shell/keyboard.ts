import { useEffect } from "preact/hooks";
import { href } from "../place";
import { GO } from "./go";
import { isHelpOpen } from "./help-open";

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));

/** Single-key shortcuts; off while the viewer types or holds a modifier. */
export function useShortcuts(): void {
  useEffect(() => {
    let isGoing = false;
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const goal = isGoing ? GO[event.key] : undefined;
      isGoing = event.key === "g";
      if (goal) location.hash = href(goal[0]);
      else if (event.key === "?") isHelpOpen.value = true;
      else if (event.key === "/") {
        const field = document.querySelector<HTMLElement>("main .filters input, main .filters select");
        if (!field) return;
        event.preventDefault();
        field.focus();
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
