import { describe, expect, it } from "vitest";
import { newStream } from "../../src/core/delivery/streams";
import type { EventEntry } from "../../src/core/session/entry";
import {
  abandonedAt,
  abandonments,
  closeForm,
  FORM_ABANDONED_MS,
  MAX_FORM_FIELDS,
  MAX_OPEN_FORMS,
  noteForm,
} from "../../src/core/session/fold/forms";
import type { OpenForm } from "../../src/core/session/fold/open-form";
import { newState, type SessionState } from "../../src/core/session/fold/state";
import { MAX_ID_UNITS } from "../../src/limits";

/** Forms that somebody has begun, and when they count as abandoned. */

const T = 1_795_000_000_000;

const done = (event_type: string, data: Record<string, unknown> = { form: "contact" }, page?: string): EventEntry => ({
  kind: "event",
  seq: 1,
  at: T,
  received_at: T,
  stream: "s1",
  number: 1,
  event_type,
  detail: { data },
  ...(page !== undefined && { page }),
});

function noted(...acts: [EventEntry, number?][]): OpenForm[] {
  const state = newState(0);
  for (const [entry, at = 0] of acts) noteForm(state, { ...entry, at: T + at, received_at: T + at });
  return state.forms;
}

const names = (forms: OpenForm[]) => forms.map(({ form }) => form);

describe("a form", () => {
  it("is open from its first act on, with the page it began on and the fields touched", () => {
    const field = (name: string) => ({ form: "contact", field: name });
    const forms = noted(
      [done("form_focus", field("name"), "https://shop.example/a")],
      [done("form_change", field("name"), "https://shop.example/b"), 100],
      [done("form_focus", field("email")), 300],
      [done("form_change"), 400],
    );
    expect(forms).toEqual([
      {
        form: "contact",
        page: "https://shop.example/a",
        first_at: T,
        last_at: T + 400,
        received_at: T + 400,
        last_field: "email",
        fields: ["name", "email"],
      },
    ]);
  });

  it("may be on no page, and have no field", () => {
    expect(noted([done("form_focus")])).toMatchObject([{ page: null, last_field: null, fields: [] }]);
  });

  it.each(["click", "page_view", "form_abandoned", "shop.buy"])("is not begun by %s", (type) => {
    expect(noted([done(type)])).toEqual([]);
  });

  it("is not what fields are in that are in no form", () => {
    expect(noted([done("form_focus", { form: "page", field: "search" })])).toEqual([]);
  });

  it.each([{}, { form: 7 }, { form: null }])("is not begun where it has no name: %j", (data) => {
    expect(noted([done("form_focus", data)])).toEqual([]);
    expect(noted([{ ...done("form_focus"), detail: {} }])).toEqual([]);
  });

  it("is over with its submit, and others stay", () => {
    const forms = noted([done("form_focus")], [done("form_focus", { form: "b" })], [done("form_submit")]);
    expect(names(forms)).toEqual(["b"]);
    expect(noted([done("form_submit")])).toEqual([]);
  });

  it("that is touched again goes to the end", () => {
    const [a, b] = [{ form: "a" }, { form: "b" }];
    expect(names(noted([done("form_focus", a)], [done("form_focus", b)], [done("form_change", a)]))).toEqual([
      "b",
      "a",
    ]);
  });

  it("is let go when more than eight are open: the one touched longest ago", () => {
    const focused = (n: number): [EventEntry][] =>
      Array.from({ length: n }, (_, i) => [done("form_focus", { form: `f${i}` })]);
    expect(noted(...focused(MAX_OPEN_FORMS))).toHaveLength(MAX_OPEN_FORMS);
    const forms = noted(...focused(MAX_OPEN_FORMS + 1));
    expect(forms).toHaveLength(MAX_OPEN_FORMS);
    expect(names(forms)[0]).toBe("f1");
  });

  it("remembers so many fields, and the last whatever it is", () => {
    const touched = Array.from({ length: MAX_FORM_FIELDS + 1 }, (_, i): [EventEntry] => [
      done("form_change", { form: "a", field: `f${i}` }),
    ]);
    const [form] = noted(...touched);
    expect(form?.fields).toHaveLength(MAX_FORM_FIELDS);
    expect(form?.last_field).toBe(`f${MAX_FORM_FIELDS}`);
  });

  it("has names as long as they may be", () => {
    const long = "n".repeat(MAX_ID_UNITS + 1);
    const [form] = noted([done("form_change", { form: long, field: long })]);
    expect([form?.form.length, form?.last_field?.length]).toEqual([MAX_ID_UNITS, MAX_ID_UNITS]);
  });

  it("has names that are cut between characters", () => {
    const start = "n".repeat(MAX_ID_UNITS - 1);
    expect(names(noted([done("form_focus", { form: `${start}😀😀` })]))).toEqual([`${start}😀`]);
  });
});

describe("an open form", () => {
  const open = (form: string, last_at: number, page: string | null = null): OpenForm => ({
    form,
    page,
    first_at: T,
    last_at: T + last_at,
    last_field: "email",
    fields: ["name", "email"],
    received_at: T + last_at,
  });
  const having = (forms: OpenForm[], more: Partial<SessionState> = {}) => ({ ...newState(0), seq: 20, ...more, forms });

  it("is abandoned half an hour after the last act on it, the soonest first", () => {
    expect(abandonedAt(having([]))).toBeNull();
    expect(abandonedAt(having([open("a", 5_000), open("b", 2_000)]))).toBe(T + 2_000 + FORM_ABANDONED_MS);
  });

  it("is abandoned with the session's end", () => {
    const forms = [open("a", 5_000)];
    expect(abandonedAt(having(forms, { ended_at: T + 6_000, end_taken_at: T + 7_000 }))).toBe(T + 7_000);
    expect(abandonedAt(having(forms, { ended_at: T + 6_000 }))).toBe(T + 6_000);
  });

  it("is said to be abandoned when its time has come, in the actor's own stream", () => {
    const forms = [open("a", 0, "https://shop.example/a"), open("b", 1), open("c", 2)];
    const streams = { server: { ...newStream(), through: 7 } };
    const now = T + 1 + FORM_ABANDONED_MS;
    const said = { kind: "event", at: now, received_at: now, stream: "server", event_type: "form_abandoned" };
    expect(abandonments(having(forms, { streams }), now)).toEqual([
      {
        ...said,
        seq: 21,
        number: 8,
        page: "https://shop.example/a",
        detail: { data: { form: "a", last_field: "email", ms: 0, fields: 2 } },
      },
      { ...said, seq: 22, number: 9, detail: { data: { form: "b", last_field: "email", ms: 1, fields: 2 } } },
    ]);
    expect(abandonments(having(forms), now - 2)).toEqual([]);
  });

  it("is the first of the actor's stream where there is none yet", () => {
    expect(abandonments(having([open("a", 0)]), T + FORM_ABANDONED_MS)).toMatchObject([{ number: 1 }]);
  });

  it("is closed by the actor's word, and by no other's name", () => {
    const state = having([open("a", 0), open("b", 1)]);
    closeForm(state, done("form_abandoned", { form: "a" }));
    expect(names(state.forms)).toEqual(["b"]);
    closeForm(state, { ...done("form_abandoned"), detail: {} });
    expect(names(state.forms)).toEqual(["b"]);
  });
});

describe("what arrives late of a form", () => {
  it("does not open again what was sent meanwhile", () => {
    const field = { form: "contact", field: "e" };
    const sent = [done("form_submit"), 9_000] as [EventEntry, number];
    expect(noted(sent, [done("form_focus", field), 5_000], [done("form_change", field), 6_000])).toEqual([]);
    // What is begun after the submit is another go.
    expect(names(noted(sent, [done("form_focus", field), 10_000]))).toEqual(["contact"]);
  });

  it("does not close what was begun after it", () => {
    expect(names(noted([done("form_focus"), 8_000], [done("form_submit"), 3_000]))).toEqual(["contact"]);
  });
});
