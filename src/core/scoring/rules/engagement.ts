import type { Finding, Rule } from "../rule";

/** Engagement: how much a visitor does. Every rule is convicting, so each counts by itself. */

const SOURCE = "The scoring model this project set out with; bands 0-20 cold, 21-45 warm, 46-70 engaged, 71-100 hot.";

const graded = (points: number, max: number, evidence: () => string): Finding | null =>
  points > 0 ? { points: Math.min(points, max), evidence: evidence() } : null;

const DURATION = 35;
const SCROLL = 30;
const CLICKS = 20;
const RETURNS = 15;
const PER_CLICK = 2;
const PER_RETURN = 5;

const common = { version: 1, score: "engagement", class: "convicting", source: SOURCE } as const;

export const ENGAGEMENT_RULES: readonly Rule[] = [
  {
    ...common,
    id: "engagement.duration",
    points: DURATION,
    watch: ["act"],
    test: ({ engaged_ms }) => {
      const tens = Math.floor(engaged_ms / 10_000);
      return graded(tens, DURATION, () => `${tens * 10} s of engaged time`);
    },
    about: "1 point for each 10 s of engaged time: an act on a page in view counts until the next, for at most 15 s.",
    example: "3 minutes on a page with an event every 5 s: 18 points",
  },
  {
    ...common,
    id: "engagement.scroll",
    points: SCROLL,
    watch: ["scroll"],
    test: ({ scroll_percent }) =>
      graded(Math.floor((scroll_percent * SCROLL) / 100), SCROLL, () => `scrolled to ${Math.floor(scroll_percent)} %`),
    about: "The deepest scroll, 30 points at the foot of the page.",
    example: "half-way down: 15 points",
  },
  {
    ...common,
    id: "engagement.clicks",
    points: CLICKS,
    watch: ["click"],
    test: ({ behaviour: { clicks } }) => graded(clicks * PER_CLICK, CLICKS, () => `${clicks} clicks`),
    about: "2 points a click.",
    example: "4 clicks: 8 points",
  },
  {
    ...common,
    id: "engagement.returns",
    points: RETURNS,
    watch: ["visibility", "identity"],
    test: ({ behaviour, identity }) => {
      const before = Math.max(0, (identity?.fingerprint?.sessions ?? 1) - 1);
      const times = behaviour.returns + before;
      return graded(
        times * PER_RETURN,
        RETURNS,
        () => `came back ${times} times: ${behaviour.returns} to the page, ${before} sessions before`,
      );
    },
    about:
      "5 points each time the visitor comes back: to the page after 30 s or more away, or to the site within 24 h.",
    example: "the second visit of the day: 5 points",
  },
];
