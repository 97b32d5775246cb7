/**
 * Channels, by the rules of GA4's default channel group (https://support.google.com/analytics/answer/9756891), folded to the eleven
 * here, with two changes: what a link says of itself (`utm_medium`) counts before what its source is, and AI assistants have a
 * channel. docs/sources.md has the rules as a table. Pure.
 */
export const CHANNELS = [
  "direct",
  "organic_search",
  "paid_search",
  "organic_social",
  "paid_social",
  "email",
  "ai_assistant",
  "referral",
  "display",
  "affiliate",
  "other",
] as const;
export type Channel = (typeof CHANNELS)[number];
