import { complianz } from "./complianz";
import { cookiebot } from "./cookiebot";
import { cookieyes } from "./cookieyes";
import { didomi } from "./didomi";
import { klaro } from "./klaro";
import { onetrust } from "./onetrust";
import { osano } from "./osano";
import { tarteaucitron } from "./tarteaucitron";
import { termly } from "./termly";
import { usercentrics } from "./usercentrics";

/** The banners that `data-banner` may name. */
export const BANNERS = {
  cookiebot,
  onetrust,
  didomi,
  usercentrics,
  klaro,
  cookieyes,
  complianz,
  osano,
  tarteaucitron,
  termly,
};
