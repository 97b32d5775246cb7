import { describe, expect, test } from "vitest";
import { inert, inertCss, inertOnly } from "../../src/web/dashboard/player/inert";
import { reelsOf, streamAt } from "../../src/web/dashboard/player/reels";
import type { PlayedEvent } from "../../src/web/dashboard/player/say";
import { maskCards } from "../../src/web/tracker/lazy/recorder/mask";
import { Tape } from "../../src/web/tracker/lazy/recorder/tape";
import { RECORD_CHUNK_UNITS, RECORD_RING_MS } from "../../src/web/tracker/limits";

/** The parts of recording and playing that need no page. */

describe("the tape", () => {
  const frame = (at: number, isStart = false, size = 10) => ({ json: `"${"x".repeat(size - 2)}"`, at, isStart });

  test("gives its events in order, as many as a chunk may have, and a larger one alone", () => {
    const tape = new Tape();
    tape.add(frame(1, true, RECORD_CHUNK_UNITS * 2));
    for (let at = 2; at <= 9; at++) tape.add(frame(at, false, RECORD_CHUNK_UNITS / 4));
    const pieces = [];
    for (let piece = tape.cut(); piece; piece = tape.cut()) pieces.push(piece);
    expect(pieces.map(({ at }) => at)).toEqual([1, 2, 6]);
    const counts = pieces.map(({ json }) => (JSON.parse(`[${json}]`) as unknown[]).length);
    expect(counts).toEqual([1, 4, 4]);
    expect(tape.units).toBe(0);
    expect(tape.isEmpty).toBe(true);
  });

  test("as a ring has at least the last 30 s, from a whole snapshot on, and never more than it may", () => {
    const tape = new Tape();
    for (let second = 0; second <= 300; second++) {
      tape.add(frame(second * 1_000, second % 12 === 0));
      tape.trim(second * 1_000, 1_000_000);
    }
    const held = tape.units / 10;
    expect(held).toBeGreaterThanOrEqual(RECORD_RING_MS / 1_000);
    expect(held).toBeLessThanOrEqual(RECORD_RING_MS / 1_000 + 13);
    expect((tape.cut()?.at ?? 1) % 12_000).toBe(0);
    tape.add(frame(0, true, 600));
    tape.add(frame(1_000, true, 600));
    tape.trim(1_000, 1_000);
    expect(tape.cut()?.at).toBe(1_000);
    tape.add(frame(0, true, 2_000));
    tape.trim(0, 1_000);
    expect(tape.isEmpty).toBe(true);
  });
});

test("a card's number is masked in any text, and no other number", () => {
  expect(maskCards("pay with 4242 4242 4242 4242 now")).toBe("pay with •••• •••• •••• •••• now");
  expect(maskCards("5555-5555-5555-4444, 378282246310005")).toBe(`${"•".repeat(19)}, ${"•".repeat(15)}`);
  for (const text of ["order 4242424242424241", "+49 30 123456", "2026-11-27 10:20", "12345678901234567890123"]) {
    expect(maskCards(text)).toBe(text);
  }
});

describe("what is played", () => {
  const at = (timestamp: number, stream: string, type: number, data: Record<string, unknown> = {}): PlayedEvent => ({
    timestamp,
    stream,
    type,
    data,
  });

  test("is the page where something was last done", () => {
    const reels = reelsOf([
      at(5, "a", 3, { source: 0 }),
      at(10, "a", 4),
      at(11, "a", 2),
      at(20, "b", 4),
      at(25, "a", 3, { source: 0 }),
      at(30, "a", 3, { source: 2 }),
      at(40, "b", 3, { source: 1 }),
    ]);
    expect([...reels.events].map(([stream, events]) => [stream, events.length])).toEqual([
      ["a", 4],
      ["b", 2],
    ]);
    expect([0, 10, 19, 20, 29, 30, 39, 99].map((time) => streamAt(reels, time))).toEqual([..."aaabbaab"]);
    expect(streamAt(reelsOf([]), 5)).toBeUndefined();
  });

  test("fetches nothing", () => {
    const css =
      "@import url(https://x.example/a.css); b { background: url('https://x.example/b.png') url(data:image/png;base64,AA) }";
    expect(inertCss(css)).toBe(" b { background: none url(data:image/png;base64,AA) }");
    const image = {
      tagName: "img",
      attributes: { src: "https://x.example/c.png", srcset: "d.png 2x", onerror: "alert(1)" },
    };
    const picture = { tagName: "img", attributes: { src: "data:image/png;base64,AA" } };
    const link = { tagName: "a", attributes: { href: "https://x.example/" } };
    const sheet = { tagName: "link", attributes: { href: "https://x.example/e.css", rel: "stylesheet" } };
    const style = { tagName: "style", attributes: {}, childNodes: [{ type: 3, textContent: css }] };
    const node = { tagName: "html", attributes: {}, childNodes: [image, picture, link, sheet, style] };
    const event = at(1, "a", 2, { node });
    inert(event);
    expect(JSON.stringify(event)).not.toContain("x.example");
    expect(JSON.stringify(event)).not.toContain("alert");
    expect(picture.attributes.src).toBe("data:image/png;base64,AA");
    const change = at(2, "a", 3, {
      source: 0,
      texts: [{ id: 1, value: css }],
      adds: [{ parentId: 1, node: { ...image } }],
      attributes: [
        {
          id: 2,
          attributes: { src: "https://x.example/f.png", style: { background: ["url(//x.example/g)", "important"] } },
        },
      ],
    });
    inert(change);
    expect(JSON.stringify(change)).not.toContain("x.example");
  });

  test("takes rules that a page adds to its style sheets, and what nobody understands costs no other event", () => {
    const rules = at(1, "a", 3, {
      source: 8,
      id: 4,
      adds: [{ rule: ".a { background: url(https://x.example/a.png) }" }],
    });
    const broken = [at(2, "a", 2), at(3, "a", 3, { source: 0, adds: [null] })];
    const click = at(4, "a", 3, { source: 2 });
    expect(inertOnly([rules, ...broken, click])).toEqual([rules, click]);
    expect(rules.data["adds"]).toEqual([{ rule: ".a { background: none }" }]);
  });
});
