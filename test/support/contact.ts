import type { Contact } from "../../src/core/leads/lead";

/** A contact of somebody who has said nothing. */
export const NOBODY: Contact = {
  name: null,
  email: null,
  email_class: null,
  phone: null,
  message: null,
  project: null,
  location: null,
  team: null,
  source: null,
  keyword: null,
  country_code: null,
  fields: {},
};
