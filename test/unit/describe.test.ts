import { expect, it } from "vitest";
import type { EventEntry } from "../../src/core/session/entry";
import { readName } from "../../src/protocol/event-name";
import { describe as described } from "../../src/web/dashboard/session/describe";

const event = (more: Partial<EventEntry>): EventEntry => ({
  kind: "event",
  seq: 1,
  at: 0,
  received_at: 0,
  stream: "s1",
  number: 1,
  event_type: "click",
  ...more,
});

it("a line of the log has the name that an event was given, as it was written", () => {
  expect(described(event(readName("<b>购物车</b>"))).title).toBe("<b>购物车</b>");
  expect(described(event(readName("Page View"))).title).toBe("Page View");
  expect(described(event({ event_type: "page_view" })).title).toBe("Page view");
  expect(described(event({ event_type: "cart.added" })).title).toBe("cart.added");
});
