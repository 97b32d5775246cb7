import { afterEach, expect, it, vi } from "vitest";
import { namedHosts } from "../../src/core/leads/target";
import { send } from "../../src/ops/send";
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

const GATE = "http://127.0.0.1:1/secret";

/** What goes out for a target, under `npm run dev`. */
async function sentFor(url: string, answer: () => Response, hosts = "") {
  const sent: { url: string; target: string | null }[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init as RequestInit);
    sent.push({ url: request.url, target: request.headers.get("X-Pulse-Target") });
    return answer();
  });
  const options = { timeout_ms: 1_000, isDevelopment: true, named: namedHosts(hosts), gate: GATE };
  const attempt = await send({ url, secrets: [SECRET] }, { id: "msg-1", body: "{}" }, options);
  return { attempt, sent };
}

it("goes through the gate, which knows where the name leads", async () => {
  const { attempt, sent } = await sentFor("https://crm.example/hook", () => new Response("no", { status: 500 }));
  expect(sent).toEqual([{ url: GATE, target: "https://crm.example/hook" }]);
  expect(attempt).toMatchObject({ kind: "answered", status: 500, excerpt: "no" });
});

it("is refused where the gate says that it leads inside", async () => {
  const inside = () => new Response(null, { status: 403, headers: { "X-Pulse-Refused": "target" } });
  const { attempt } = await sentFor("https://crm.example/hook", inside);
  expect(attempt).toEqual({ kind: "failed", reason: "target_refused" });
});

it("goes straight where the operator has named the host, and says nothing of a gate", async () => {
  const { attempt, sent } = await sentFor("http://localhost:3000/hook", () => new Response(), "localhost:3000");
  expect(sent).toEqual([{ url: "http://localhost:3000/hook", target: null }]);
  expect(attempt).toMatchObject({ kind: "answered", status: 200 });
});

it("goes nowhere where the name alone is refused: settings may be older than the rules", async () => {
  for (const url of ["https://10.0.0.1.nip.io/", "https://crm.svc/", "http://localhost/", "https://crm.example:22/"]) {
    const { attempt, sent } = await sentFor(url, () => new Response());
    expect(attempt, url).toEqual({ kind: "failed", reason: "target_refused" });
    expect(sent, url).toEqual([]);
  }
});
