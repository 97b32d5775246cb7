import { plug } from "../plug";
import { record } from "../record";
import { safe } from "../safe";

// Not in every browser: https://html.spec.whatwg.org/multipage/nav-history-apis.html#navigation-interface
const { navigation } = window as { navigation?: EventTarget };

/** Page views: this load, and each navigation within the page. Returns what tells of a return from the back/forward cache. */
export function capturePages(): () => void {
  let shown = "";
  const view = (isMove?: boolean): void => {
    shown = location.href;
    record({ event_type: "page_view" }, isMove);
  };
  plug.look = safe(() => {
    if (location.href !== shown) view(true);
  });
  // It hears of every navigation, also of one by a router that has kept `pushState` from before this script.
  navigation?.addEventListener("currententrychange", plug.look);
  view();
  return view;
}
