import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stopClock } from "../support/clock";
import {
  deliveriesOf,
  endpoint,
  leadAlarm,
  newSite,
  type Received,
  receive,
  settle,
  submissionsOf,
  submit,
} from "../support/leads";
import { PATIENT } from "../support/patience";

/** Endpoints of one lead: each at its own pace, and in order. */

const MINUTE = 60_000;
const ANNA = { email: "anna@shop.example" };

beforeEach(() => stopClock("2031-12-01T12:00:00Z"));

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A receiver `hang` that says nothing until it is let go, and others that answer at once. */
function receiveHanging(answer: (message: Received) => Response = () => new Response(null, { status: 200 })) {
  let letGo = (): void => {};
  const hanging = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const received = receive(async (message) => {
    if (!message.url.includes("hang")) return answer(message);
    await hanging;
    return new Response(null, { status: 200 });
  });
  const typesAt = (id: string) => received.filter(({ url }) => url.includes(id)).map(({ type }) => type);
  return { letGo, typesAt };
}

describe("an endpoint that hangs", () => {
  it("delays neither another's message nor the next one that comes in meanwhile, and gets its own in order", async () => {
    const { letGo, typesAt } = receiveHanging();
    const site = await newSite([endpoint("hang"), endpoint("quick")]);
    const { lead_id } = await submit(site, ANNA);
    const alarm = leadAlarm(lead_id);
    await expect.poll(() => typesAt("quick"), PATIENT).toEqual(["lead.created"]);
    vi.setSystemTime(Date.now() + 1_000);
    await submit(site, { ...ANNA, message: "more" });
    const [, merged] = await submissionsOf(site);
    // It is handed to the lead's actor, whose alarm still waits for the other endpoint.
    await leadAlarm(String(merged?.["submission_id"]));
    await expect.poll(() => typesAt("quick"), PATIENT).toEqual(["lead.created", "lead.merged"]);
    expect(typesAt("hang")).toEqual(["lead.created"]);
    letGo();
    await alarm;
    await settle(lead_id, Date.now() + MINUTE);
    expect(typesAt("hang")).toEqual(["lead.created", "lead.merged"]);
    expect((await deliveriesOf(site)).map(({ state }) => state)).toEqual(Array(4).fill("delivered"));
  });

  it("does not delay another's next attempt", async () => {
    let answers = 0;
    const { letGo, typesAt } = receiveHanging(() => new Response(null, { status: answers++ === 0 ? 503 : 200 }));
    const site = await newSite([endpoint("hang"), endpoint("quick")]);
    const { lead_id } = await submit(site, ANNA);
    const alarm = leadAlarm(lead_id);
    await expect.poll(() => typesAt("quick"), PATIENT).toHaveLength(1);
    // The first wait is 5 s and a fifth at most; the test's clock goes twice as fast as the timer.
    const later = () => {
      vi.setSystemTime(Date.now() + 100);
      return typesAt("quick");
    };
    await expect.poll(later, PATIENT).toHaveLength(2);
    expect(typesAt("hang")).toHaveLength(1);
    letGo();
    await alarm;
    expect(
      (await deliveriesOf(site)).map(({ endpoint_id, state, attempts }) => [endpoint_id, state, attempts]),
    ).toEqual([
      ["hang", "delivered", 1],
      ["quick", "delivered", 2],
    ]);
  });
});
