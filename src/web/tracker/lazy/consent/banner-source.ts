import { listen, safe } from "../../safe";
import type { Banner } from "./banner";
import { BANNERS } from "./banners";
import { look } from "./look";
import type { Source } from "./source";
import { strictest } from "./strictest";

/** The banner that an option names, such as `cookiebot`, or with its categories `didomi:cookies+measure_content_performance`. */
export function bannerSource(option: string): Source {
  const [name = "", categories] = option.split(":");
  const banner = Object.hasOwn(BANNERS, name) ? BANNERS[name as keyof typeof BANNERS] : undefined;
  // An unknown banner is never read, so consent stays pending.
  return banner ? follow(banner, (categories ?? banner.category).split("+")) : () => {};
}

const follow =
  ({ read, watch, events }: Banner, categories: readonly string[]): Source =>
  (page, tell) => {
    let isAnswered = false;
    let isWatched = false;
    const ask = (): unknown => {
      const states = categories.map((category) => read(page, category, isAnswered));
      if (states.includes(undefined)) return false;
      const state = strictest(states.flatMap((one) => one ?? []));
      tell(state);
      if (!isWatched) {
        isWatched = true;
        for (const category of categories) watch?.(page, again, category);
      }
      return state !== "pending";
    };
    // Some banners report an answer before they store it, so read it in a later turn.
    const again = (isAnswer = false): void => {
      isAnswered ||= isAnswer;
      setTimeout(safe(ask));
    };
    for (const event of events) listen(event as "visibilitychange", () => again());
    look(ask);
  };
