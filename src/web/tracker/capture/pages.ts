import { plug } from "../plug";
import { record } from "../record";

// Not in every browser: https://html.spec.whatwg.org/multipage/nav-history-apis.html#navigation-interface
type Moving = Window & { navigation?: EventTarget };

/** Records page views: this load, and navigations within the page. Its result records a return from the back/forward cache. */
export function capturePages(): () => void {
  const view = (isMove?: boolean): void => record({ event_type: "page_view" }, isMove);
  plug.look = () => view(true);
  // Fires for every navigation, even if a router kept a reference to `pushState` from before this script ran.
  (window as Moving).navigation?.addEventListener("currententrychange", plug.look);
  view();
  return view;
}
