import { afterEach, expect, it, vi } from "vitest";
import { send } from "../../src/leads/send";
import { SECRET } from "../support/leads";

/** One attempt at a receiver that is slow: it ends with its time, and says what came of it. */

afterEach(() => {
  vi.restoreAllMocks();
});

const attempt = () =>
  send(
    { url: "https://crm.example/hook", secrets: [SECRET] },
    { id: "msg-1", body: "{}" },
    { timeout_ms: 50, isDevelopment: false },
  );

/** A receiver in the place of the network; `gaveUp` is called when the sender has. */
const answering = (answer: (gaveUp: Promise<never>) => Response | Promise<Response>): void => {
  vi.spyOn(globalThis, "fetch").mockImplementation(async (_, init) => {
    const gaveUp = new Promise<never>((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => reject(new Error("given up")));
    });
    gaveUp.catch(() => {});
    return answer(gaveUp);
  });
};

it("fails when no answer comes in time", async () => {
  answering((gaveUp) => gaveUp);
  expect(await attempt()).toEqual({ kind: "failed", reason: "timeout" });
});

it("fails otherwise when the line is cut", async () => {
  answering(() => Promise.reject(new Error("reset")));
  expect(await attempt()).toEqual({ kind: "failed", reason: "network" });
});

it("knows a refusal by its status, however long its body takes", async () => {
  answering((gaveUp) => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode("no, bec"));
        gaveUp.catch((error) => controller.error(error));
      },
    });
    return new Response(body, { status: 500 });
  });
  expect(await attempt()).toMatchObject({ kind: "answered", status: 500, excerpt: "no, bec" });
});
