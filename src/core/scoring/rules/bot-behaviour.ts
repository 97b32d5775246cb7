import { variation } from "../../signals/spread";
import { type Finding, type Rule, saw } from "../rule";
import type { Scored } from "../scored";

/**
 * Bot: behaviour. Every rule needs a series of acts, and is withdrawn when the series no longer looks scripted. Most of
 * these events come from the page and may be missing, so a rule that sees no events does not fire.
 */

const bot = {
  version: 1,
  score: "bot",
  class: "convicting",
  source: "Behaviour of scripted sessions, `npm run eval`",
} as const;
const percent = (part: number, of: number): number => Math.round((100 * part) / of);
const steady = (n: number): string => n.toFixed(2);

/** Touch screens are left out, because a finger taps without moving a pointer. */
const isMouseOnly = ({ signals }: Scored): boolean => signals?.["touch"] === 0;

function noMovement(state: Scored): Finding | null {
  const { pointer, pointed_clicks, click_rhythm } = state.behaviour;
  const lasted = (click_rhythm.last_at ?? 0) - (state.first_event_at ?? 0);
  if (pointer.points > 0 || pointed_clicks < 3 || lasted < 5_000 || !isMouseOnly(state)) return null;
  return saw(`${pointed_clicks} clicks at places the pointer never moved to`);
}

export const BEHAVIOUR_RULES: readonly Rule[] = [
  {
    ...bot,
    id: "bot.velocity",
    points: 40,
    watch: ["act"],
    test: ({ velocity }) => (velocity.peak >= 250 ? saw(`${velocity.peak} events in 10 s`) : null),
    about: "250 events in 10 s. A person makes under 10 a second.",
    example: "a script that replays a recording at full speed",
  },
  {
    ...bot,
    id: "bot.click_velocity",
    points: 35,
    watch: ["click"],
    test: ({ velocity_by_type: { click } }) => (click && click.peak >= 80 ? saw(`${click.peak} clicks in 10 s`) : null),
    about: "80 clicks in 10 s.",
    example: "an auto-clicker",
  },
  {
    ...bot,
    id: "bot.click_cadence",
    points: 35,
    watch: ["click"],
    test: ({ behaviour: { click_rhythm } }) => {
      const spread = click_rhythm.n >= 8 ? variation(click_rhythm) : null;
      if (spread === null || spread >= 0.1) return null;
      return saw(`${click_rhythm.n} clicks ${Math.round(click_rhythm.mean)} ms apart, spread ${steady(spread)}`);
    },
    about: "Clicks as regular as a metronome: nine or more, spread (standard deviation over mean) under 0.1.",
    example: "a click every 500 ms",
  },
  {
    ...bot,
    id: "bot.steady_rhythm",
    points: 25,
    watch: ["deed"],
    test: ({ behaviour: { deed_rhythm } }) => {
      const spread = deed_rhythm.n >= 20 ? variation(deed_rhythm) : null;
      if (spread === null || spread >= 0.35 || deed_rhythm.mean < 200) return null;
      return saw(`${deed_rhythm.n} acts with a spread of ${steady(spread)} between them`);
    },
    about:
      "Twenty or more clicks, fields and pages with hardly any variation between them: people read, hesitate and return.",
    example: "waits drawn evenly from 1 to 2 s",
  },
  {
    ...bot,
    id: "bot.scroll_cadence",
    points: 30,
    watch: ["scroll"],
    test: ({ behaviour: { scroll_rhythm, scroll_steps } }) => {
      if (scroll_rhythm.n < 8 || scroll_steps.n < 8) return null;
      const [time, step] = [variation(scroll_rhythm) ?? 1, variation(scroll_steps) ?? 1];
      if (time >= 0.1 || step >= 0.15) return null;
      return saw(`${scroll_steps.n} scrolls of one size (${steady(step)}) at one interval (${steady(time)})`);
    },
    about: "Scrolls of equal size at equal intervals.",
    example: "a loop that scrolls 400 px every 800 ms",
  },
  {
    ...bot,
    id: "bot.scroll_without_input",
    points: 25,
    watch: ["scroll"],
    test: ({ behaviour: { scrolls, scrolls_without_input: bare } }) =>
      bare >= 5 && bare >= scrolls * 0.9
        ? saw(`${bare} of ${scrolls} scrolls without wheel, touch, key or pointer`)
        : null,
    about: "The page scrolls, and neither wheel, touch, key nor pointer moved.",
    example: "window.scrollBy in a loop",
  },
  {
    ...bot,
    id: "bot.no_movement",
    points: 25,
    watch: ["click", "pointer"],
    needs: ["signals"],
    test: noMovement,
    about:
      "Three or more clicks at places, over 5 s and more, on a device without touch, and the pointer has never moved.",
    example: "element.click() with coordinates, or dispatched clicks",
  },
  {
    ...bot,
    id: "bot.teleporting",
    points: 25,
    watch: ["pointer"],
    needs: ["signals"],
    test: (state) => {
      const { jumps, paths } = state.behaviour.pointer;
      if (jumps < 4 || jumps < paths * 0.6 || !isMouseOnly(state)) return null;
      return saw(`${jumps} of ${paths} movements were jumps of more than 200 px`);
    },
    about: "The pointer is there, then far away, with nothing between.",
    example: "mouse.click(x, y) of a browser driver",
  },
  {
    ...bot,
    id: "bot.straight_paths",
    points: 30,
    watch: ["pointer"],
    test: ({ behaviour: { pointer } }) => {
      const { pairs, straight } = pointer;
      if (pairs < 20 || straight < pairs * 0.9) return null;
      return saw(`${percent(straight, pairs)} % of ${pairs} steps went straight on`);
    },
    about: "Paths drawn with a ruler: nine in ten steps go on within 3.4 degrees. A hand's path bends.",
    example: "mouse.move(x, y, { steps: 20 })",
  },
  {
    ...bot,
    id: "bot.even_speed",
    points: 25,
    watch: ["pointer"],
    test: ({ behaviour: { pointer } }) => {
      const { pairs, even } = pointer;
      if (pairs < 30 || even < pairs * 0.8) return null;
      return saw(`${percent(even, pairs)} % of ${pairs} steps at the speed of the step before`);
    },
    about: "Movement at one speed: a hand speeds up and slows down with each reach.",
    example: "a curve drawn at equal steps of its parameter",
  },
  {
    ...bot,
    id: "bot.untrusted_clicks",
    points: 30,
    watch: ["click"],
    test: ({ behaviour: { clicks, untrusted_clicks: made } }) =>
      made >= 4 && made >= clicks * 0.8 ? saw(`${made} of ${clicks} clicks were made by a script`) : null,
    about: "Most clicks are events a script made (isTrusted is false). A page's own script makes some, not most.",
    example: "document.querySelector(…).click() in a loop",
  },
  {
    ...bot,
    id: "bot.form_speed",
    points: 35,
    watch: ["form"],
    test: ({ behaviour: { ms_per_field: ms } }) =>
      ms !== null && ms < 150 ? saw(`a form filled at ${ms} ms a field`) : null,
    about: "A form of two fields or more filled at under 150 ms a field, from its first focus to its submit.",
    example: "fill() on five fields, then submit",
  },
];
