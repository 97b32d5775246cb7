import type { Channel } from "../../../core/sources/channels";

/** Channels as people read them. */
export const CHANNEL_TITLES: Readonly<Record<Channel, string>> = {
  direct: "Direct",
  organic_search: "Organic search",
  paid_search: "Paid search",
  organic_social: "Organic social",
  paid_social: "Paid social",
  email: "Email",
  ai_assistant: "AI assistant",
  referral: "Referral",
  display: "Display",
  affiliate: "Affiliate",
  other: "Other",
};

const titles: Readonly<Record<string, string>> = CHANNEL_TITLES;

/** An unknown channel, from a newer server, is shown by its name. */
export const channelTitle = (channel: string): string => titles[channel] ?? channel;
