// The questions: every aggregate, with no filter or one, and some with combined filters.

/** Every aggregate, as its path and its own parameters. */
export const AGGREGATES = [
  "/analytics/overview?",
  "/analytics/sessions/daily?tz=Europe/Berlin",
  "/analytics/pages/top?",
  "/analytics/geo?",
  "/analytics/geo?by=region",
  "/analytics/sources?",
  "/analytics/sources?by=channel",
  "/analytics/sources?by=campaign",
  "/analytics/sources?by=referrer",
  "/analytics/devices?",
  "/analytics/devices?by=browser",
  "/analytics/devices?by=os",
  "/analytics/bots?",
  "/analytics/events?",
  "/analytics/events?interval=day",
  "/analytics/engagement?",
];

/**
 * No filter, and each one that there is. Filters whose values differ most in how common they are have a common and a rare value.
 */
export const FILTERS = [
  "",
  "site=default",
  "country=DE",
  "country=AU",
  "page=https://shop.example/pricing",
  "page=https://shop.example/blog/post-30",
  "source=google",
  "campaign=spring",
  "channel=organic_search",
  "device=mobile",
  "label=human",
  "min_engagement=50",
  "max_bot=29",
  "max_vpn=39",
  "min_risk=10",
];

/** Combined filters, which are answered from the rows. */
export const COMBINED = ["country=DE&device=mobile", "source=google&min_engagement=55", "country=AT&campaign=spring"];

export const pathOf = (aggregate: string, filter: string, { from, to }: { from: number; to: number }) =>
  `${aggregate}${aggregate.endsWith("?") ? "" : "&"}from=${from}&to=${to}${filter && `&${filter}`}${listed(aggregate)}`;

const listed = (aggregate: string) => (/overview|engagement|daily/.test(aggregate) ? "" : "&limit=100");
