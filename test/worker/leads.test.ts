import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stopClock } from "../support/clock";
import { deliveriesOf, leadsOf, newSite, receive, settle, submissionsOf, submit } from "../support/leads";

beforeEach(() => stopClock("2031-09-01T12:00:00Z"));

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const ANNA = { name: "Anna Ødegård", email: "anna@shop.example", phone: "+49 30 901820", message: "Hallo" };

describe("a lead", () => {
  it("goes from a form to D1 and to the receiver, signed", async () => {
    const received = receive();
    const site = await newSite();
    const { lead_id, status } = await submit(site, ANNA);
    expect(status).toBe("accepted");
    await settle(lead_id);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      type: "lead.created",
      data: {
        lead: { lead_id, name: "Anna Ødegård", email: "anna@shop.example", email_class: "own", phone: "+4930901820" },
        session: { link: "none", session_id: null },
      },
    });
    expect(await leadsOf(site)).toMatchObject([{ lead_id, status: "open", submissions: 1, phone: "+4930901820" }]);
    expect(await submissionsOf(site)).toMatchObject([{ lead_id, outcome: "created" }]);
    expect(await deliveriesOf(site)).toMatchObject([
      { lead_id, state: "delivered", attempts: 1, status: 200, delivery_id: received[0]?.id },
    ]);
  });

  it("is tried on the schedule until the receiver takes it, under one id", async () => {
    const received = receive((_, n) => new Response("not now", { status: n < 4 ? 503 : 200 }));
    const site = await newSite();
    const { lead_id } = await submit(site, ANNA);
    await settle(lead_id);
    expect(received).toHaveLength(4);
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
    const [a = 0, b = 0, c = 0, d = 0] = received.map(({ at }) => at);
    expect([b - a, c - b, d - c].map((ms) => Math.floor(ms / 5_000) > 0)).toEqual([true, true, true]);
    expect(await deliveriesOf(site)).toMatchObject([{ state: "delivered", attempts: 4 }]);
  });

  it("is one lead when 50 come at once with nothing in common but an address", async () => {
    receive();
    const site = await newSite();
    const taken = await Promise.all(
      Array.from({ length: 50 }, (_, i) => submit(site, { email: "Same@Shop.example", name: `n${i}` })),
    );
    expect(new Set(taken.map(({ lead_id }) => lead_id)).size).toBe(1);
    expect(taken.filter(({ status }) => status === "accepted")).toHaveLength(1);
    expect(await leadsOf(site)).toMatchObject([{ submissions: 50 }]);
  });
});
