import { expect, it } from "vitest";
import { ask, drain, inD1, inR2, KEY, liveOf, numbered, PAGE, post, sessionRow } from "../support/visit";

it("takes a visit from its first event to D1 and R2, and shows it live before", async () => {
  const session_id = crypto.randomUUID();
  const events = [
    { event_type: "page_view", page: PAGE },
    { event_type: "click", x: 3, y: 4, element: "a#buy" },
  ];
  const response = await post("/track/events/batch", {
    session_id,
    stream: "s1",
    first: 1,
    events,
    start: { page: PAGE },
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    accepted: 2,
    duplicates: 0,
    rejected: [],
    ack: { stream: "s1", through: 2, missing: [] },
  });
  expect((await liveOf(session_id))?.unflushed.filter((entry) => entry.kind === "event")).toHaveLength(2);
  expect(await sessionRow(session_id)).toBeNull();

  const end = await post("/track/session/end", { session_id, exit_page: PAGE });
  expect(await end.json()).toMatchObject({ session_id, ended_at: expect.any(Number) });
  await drain(session_id);
  expect(await inD1(session_id)).toEqual(numbered(1, 2));
  expect(await inR2(session_id)).toEqual(numbered(1, 2));
  const shown = await (await ask(`/analytics/sessions/${session_id}`, { headers: KEY })).json();
  expect(shown).toMatchObject({ data: { session_id, events: 2, page_views: 1, end_reason: "client" } });
});
