import { describe, expect, it } from "vitest";
import { MAX_NAME_UNITS, MAX_RAW_NAME_UNITS } from "../../src/limits";
import { cutName, isEventName, isMade, readName } from "../../src/protocol/event-name";
import { parseEvent } from "../../src/protocol/events";
import { BUILT_IN_TYPES } from "../../src/protocol/types";

describe("a name of an event", () => {
  it.each(["click", "cart.added", "a", "a9_.", `a${"b".repeat(63)}`, "x0123456789"])("%s is its own slug", (name) => {
    expect(readName(name)).toEqual({ event_type: name });
    expect(isMade(name)).toBe(false);
  });

  it.each([
    ["Cart Added", /^cart_added\.x[0-9a-f]{10}$/],
    ["购物车", /^event\.x[0-9a-f]{10}$/],
    ["2nd step", /^event_2nd_step\.x[0-9a-f]{10}$/],
    ["Añadir al carrito", /^anadir_al_carrito\.x[0-9a-f]{10}$/],
    ["İptal!", /^iptal\.x[0-9a-f]{10}$/],
    ["🛒", /^event\.x[0-9a-f]{10}$/],
    ["<b>Bold</b>", /^b_bold_b\.x[0-9a-f]{10}$/],
    ["W".repeat(MAX_NAME_UNITS), /^w{52}\.x[0-9a-f]{10}$/],
    [`${"w".repeat(51)} Later on`, /^w{51}\.x[0-9a-f]{10}$/],
    ["_", /^event\.x[0-9a-f]{10}$/],
    [`a${"b".repeat(51)}-b`, /^ab{51}\.x[0-9a-f]{10}$/],
  ])("%s is kept as it is, beside a slug of it", (name, slug) => {
    const read = readName(name);
    expect(read).toEqual({ event_type: expect.stringMatching(slug), name });
    expect(read.event_type.length).toBeLessThanOrEqual(64);
    expect(isMade(read.event_type)).toBe(true);
  });

  it("keeps its slug from release to release: it is stored", () => {
    expect(readName("Cart Added").event_type).toBe("cart_added.x5f426164e9");
    expect(readName("购物车").event_type).toBe("event.x94b7786b50");
  });

  it.each([
    ["identify\u200b", "identify"],
    ["\u202eCart\u202c Added", "Cart Added"],
    ["\ufeffclick", "click"],
  ])("%j is %j: what nobody sees makes no other name", (raw, seen) => {
    expect(readName(raw)).toEqual(readName(seen));
  });

  it("that nobody sees is none", () => {
    expect(isEventName("\u200b")).toBe(false);
  });

  it.each(["Page View", "Click", "CLICK", "page view", "Form-Submit", "ｃｌｉｃｋ", "IDENTIFY"])(
    "%s is no built-in type",
    (name) => expect(BUILT_IN_TYPES.has(readName(name).event_type)).toBe(false),
  );

  it("that looks like a made slug is a free one: nobody takes another name's", () => {
    const made = readName("Cart Added").event_type;
    const read = readName(made);
    expect(read).toEqual({
      event_type: expect.stringMatching(/^cart_added_x[0-9a-f]{10}\.x[0-9a-f]{10}$/),
      name: made,
    });
  });

  it("is the same trimmed, composed, and without what is not stored", () => {
    const name = readName("Café");
    for (const raw of ["  Café\n", "Cafe\u0301", "Ca\u0000fé", "Café\ud800", "\u3000Café"])
      expect(readName(raw), JSON.stringify(raw)).toEqual(name);
    expect(readName(" click ")).toEqual({ event_type: "click" });
  });

  it.each(["", " ", "\u0000", "\ud800", "a\tb", "a\nb", "a\u2028b", "a\u009fb", "x".repeat(65), "é".repeat(65)])(
    "%j is none",
    (raw) => {
      expect(isEventName(raw)).toBe(false);
      expect(parseEvent({ event_type: raw })).toMatchObject({ ok: false, refusal: { code: "invalid_event" } });
    },
  );

  it("is measured as it is kept, and one that is far too long as it came is not looked at", () => {
    expect(isEventName(`${" ".repeat(MAX_RAW_NAME_UNITS - 1)}A`)).toBe(true);
    expect(isEventName(`${" ".repeat(MAX_RAW_NAME_UNITS)}A`)).toBe(false);
    expect(isEventName("e\u0301".repeat(MAX_NAME_UNITS))).toBe(true);
    expect(isEventName("e\u0301".repeat(MAX_NAME_UNITS + 1))).toBe(false);
    expect(isEventName("🛒".repeat(MAX_NAME_UNITS / 2))).toBe(true);
    expect(isEventName("🛒".repeat(MAX_NAME_UNITS / 2 + 1))).toBe(false);
  });

  it("is cut where it gets too long, and no character in two", () => {
    expect(cutName(`${"x".repeat(63)}🛒`)).toBe("x".repeat(63));
    expect(cutName(`${"x".repeat(63)} y`)).toBe("x".repeat(63));
  });
});

it("an event has its slug for a type, and keeps the name", () => {
  const parsed = parseEvent({ event_type: " Cart Added", data: { sku: "boot" }, name: "mine", more: 1 });
  expect(parsed).toEqual({ ok: true, value: { ...readName("Cart Added"), data: { sku: "boot" } } });
});
