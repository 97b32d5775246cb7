import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Env } from "../../src/bindings";
import worker from "../../src/index";
import { freshAddress, PAGE } from "../support/visit";
import { BATCH, batchOf, END, newId, problemOf, SINGLE, START } from "./helpers";

/** A session's actor that does not answer: whether the Worker asks it once more, and what the sender is told. */

/** As the runtime marks what may be asked again. */
const LOST = { retryable: true };

/** Sends a call to an actor that fails each time, and says how often it was asked. */
async function asked(path: string, body: object, failure: object): Promise<number> {
  let calls = 0;
  const track = (): Promise<never> => {
    calls += 1;
    return Promise.reject(Object.assign(new Error("Network connection lost."), failure));
  };
  const SESSION = { getByName: () => ({ track }) } as unknown as Env["SESSION"];
  const headers = { "Content-Type": "application/json", "CF-Connecting-IP": freshAddress() };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const request = new Request(`https://pulsegate.example${path}`, init);
  const answer = await worker.fetch(request as Parameters<typeof worker.fetch>[0], { ...env, SESSION } as Env);
  await problemOf(answer, "unavailable");
  return calls;
}

const unnumbered = () => batchOf(newId(), { stream: undefined, first: undefined });
const click = { event_type: "click", page: PAGE };

describe("an actor that cannot be reached", () => {
  it.each([
    ["a numbered batch", BATCH, batchOf(newId())],
    ["a numbered event", SINGLE, { session_id: newId(), stream: "s1", first: 1, ...click }],
    ["a start", START, { session_id: newId(), page: PAGE }],
    ["an end", END, { session_id: newId() }],
  ])("is asked once more with %s, which counts once however often it arrives", async (_, path, body) => {
    expect(await asked(path, body, LOST)).toBe(2);
  });

  it.each([
    ["a batch", BATCH, unnumbered()],
    ["an event", SINGLE, { session_id: newId(), ...click }],
  ])("is not asked again with %s without numbers, which would count twice", async (_, path, body) => {
    expect(await asked(path, body, LOST)).toBe(1);
  });

  it.each([
    ["is overloaded", { ...LOST, overloaded: true }],
    ["failed in a way that is not the network's", {}],
  ])("is not asked again when it %s", async (_, failure) => {
    expect(await asked(BATCH, batchOf(newId()), failure)).toBe(1);
  });
});
