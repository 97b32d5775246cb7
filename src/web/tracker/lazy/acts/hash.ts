import { toldBy } from "../../campaign";
import type { Kit } from "../../kit";

/** Makes a route in the hash a view of its own, where the tag says that pages are kept there. */
export function followHash({ options, plug }: Kit): void {
  if (!("hash" in options)) return;
  plug.told = (page) => {
    const { campaign, view } = toldBy(page);
    return { campaign, view: view + (/#!?\/.*/.exec(page) ?? "") };
  };
}
