import { type Banner, choice } from "../banner";

interface Service {
  id?: string;
  name?: string;
  categorySlug?: string;
  consent?: { status?: boolean };
}

interface Usercentrics {
  isInitialized?(): boolean;
  /** True while the visitor has to be asked and has not answered. */
  isConsentRequired?(): unknown;
  getServicesBaseInfo(): Service[];
}

/** https://docs.usercentrics.com. A category is a category's slug, which means all its services, or one service's name or id. */
export const usercentrics: Banner = {
  category: "functional",
  events: ["UC_UI_INITIALIZED", "UC_UI_CMP_EVENT", "UC_CONSENT"],
  read(page, category) {
    const { UC_UI } = page as { UC_UI?: Usercentrics };
    if (!UC_UI || UC_UI.isInitialized?.() === false) return;
    const those = UC_UI.getServicesBaseInfo().filter(({ id, name, categorySlug }) =>
      [id, name, categorySlug].includes(category),
    );
    const isAllowed = those.length > 0 && those.every(({ consent }) => consent?.status === true);
    return choice(isAllowed, those.length > 0 && UC_UI.isConsentRequired?.() === false);
  },
};
