import { describe, expect, it } from "vitest";
import type { EventEntry } from "../../src/core/session/entry";
import { follow, newJourney } from "../../src/core/session/fold/journey";
import { EVIDENCE_EVENTS, MAX_PAGES, MAX_PAGES_UNITS } from "../../src/core/session/fold/limits";
import { countView, OTHER_PAGE, type Views } from "../../src/core/session/fold/views";
import { readName } from "../../src/protocol/event-name";

/** The way a visitor takes, and the pages viewed on it. */

const T = 1_795_000_000_000;
const [A, B] = ["https://shop.example/a", "https://shop.example/b"];

const done = (event_type: string, more: Partial<EventEntry> = {}): EventEntry => ({
  kind: "event",
  seq: 1,
  at: T,
  received_at: T,
  stream: "s1",
  number: 1,
  event_type,
  ...more,
});

describe("a journey", () => {
  it("is on a page since the act that first named it", () => {
    const journey = newJourney();
    follow(journey, done("click"), true, null);
    expect(journey.page_at).toBe(T);
    follow(journey, done("click", { page: A, at: T + 1 }), true, null);
    expect(journey.page_at).toBe(T + 1);
    follow(journey, done("click", { page: A, at: T + 2 }), true, A);
    follow(journey, done("click", { at: T + 3 }), true, A);
    expect(journey.page_at).toBe(T + 1);
    follow(journey, done("mousemove", { page: B, at: T + 4 }), true, A);
    expect(journey.page_at).toBe(T + 4);
  });

  it("is on the same page under another spelling of its address", () => {
    const journey = newJourney();
    follow(journey, done("page_view", { page: "HTTPS://shop.example:443/a" }), true, null);
    follow(journey, done("click", { page: "HTTPS://shop.example:443/a", at: T + 1 }), true, A);
    expect(journey).toMatchObject({
      page_at: T,
      acts: [
        [T, "page_view", A, null],
        [T + 1, "click", A, null],
      ],
    });
  });

  it("keeps acts with their page, or the page before, and their element", () => {
    const journey = newJourney();
    follow(journey, done("page_view", { page: B, element: "button#buy" }), true, A);
    follow(journey, done("click", { at: T + 1 }), true, B);
    follow(journey, done("shop.buy", { at: T + 2 }), true, null);
    expect(journey.acts).toEqual([
      [T, "page_view", B, "button#buy"],
      [T + 1, "click", B, null],
      [T + 2, "shop.buy", null, null],
    ]);
  });

  it("keeps the free name of an act beside its slug", () => {
    const journey = newJourney();
    const cart = readName("购物车");
    follow(journey, done(cart.event_type, { ...cart }), true, A);
    expect(journey.acts).toEqual([[T, cart.event_type, A, null, "购物车"]]);
  });

  it.each(["mousemove", "scroll", "visibility_change", "form_change"])("leaves out what is no act: %s", (type) => {
    const journey = newJourney();
    follow(journey, done(type), true, A);
    expect(journey.acts).toEqual([]);
  });

  it("keeps the ten newest acts", () => {
    const journey = newJourney();
    for (let i = 0; i < EVIDENCE_EVENTS; i++) follow(journey, done("click", { at: T + i }), true, A);
    expect(journey.acts[0]?.[0]).toBe(T);
    follow(journey, done("click", { at: T + 99 }), true, A);
    expect(journey.acts).toHaveLength(EVIDENCE_EVENTS);
    expect([journey.acts[0]?.[0], journey.acts.at(-1)?.[0]]).toEqual([T + 1, T + 99]);
  });
});

describe("an act that comes late from another page", () => {
  it("stands among the others by its own time, and takes nobody to another page", () => {
    const journey = newJourney();
    follow(journey, done("click", { page: A, at: T + 10 }), true, null);
    follow(journey, done("click", { page: A, at: T + 20 }), true, A);
    follow(journey, done("shop.buy", { page: B, at: T + 15 }), false, A);
    expect(journey.acts.map(([at]) => at - T)).toEqual([10, 15, 20]);
    expect(journey.page_at).toBe(T + 10);
  });
});

describe("views", () => {
  it("are counted by page without its query, and known before they are viewed", () => {
    const views: Views = {};
    countView(views, `${A}?x=1`, 0);
    expect(views).toEqual({ [A]: 0 });
    countView(views, `${A}#y`, 1);
    countView(views, A, 1);
    expect(views).toEqual({ [A]: 2 });
  });

  it("of pages past the first hundred are counted together, known ones still by name", () => {
    const views: Views = {};
    for (let i = 0; i < MAX_PAGES + 2; i++) countView(views, `https://shop.example/${i}`, 1);
    countView(views, "https://shop.example/0", 1);
    expect(Object.keys(views)).toHaveLength(MAX_PAGES + 1);
    expect(views).toMatchObject({ "https://shop.example/0": 2, "https://shop.example/99": 1, [OTHER_PAGE]: 2 });
  });

  it("of pages past so much text are counted together", () => {
    const views: Views = {};
    for (let i = 0; i < MAX_PAGES_UNITS / 2_048; i++)
      countView(views, `https://shop.example/${i}`.padEnd(2_048, "x"), 1);
    expect(views).not.toHaveProperty([OTHER_PAGE]);
    countView(views, A, 1);
    expect(views).toHaveProperty([OTHER_PAGE], 1);
  });
});
