import { plug } from "../plug";
import { record } from "../record";

// Not in every browser: https://html.spec.whatwg.org/multipage/nav-history-apis.html#navigation-interface
type Moving = Window & { navigation?: EventTarget };

/** Page views: this load, and each navigation within the page. Returns what tells of a return from the back/forward cache. */
export function capturePages(): () => void {
  const view = (isMove?: boolean): void => record({ event_type: "page_view" }, isMove);
  plug.look = () => view(true);
  // It hears of every navigation, also of one by a router that has kept `pushState` from before this script.
  (window as Moving).navigation?.addEventListener("currententrychange", plug.look);
  view();
  return view;
}
