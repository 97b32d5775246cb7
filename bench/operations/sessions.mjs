// @ts-check
// Talks to the built Worker as pages and an analyst do.
import { fetch as fetchOrUpgrade } from "miniflare";

export const PAGE = "https://shop.example/pricing";
const KEY = { Authorization: "Bearer pulsegate-development-key" };

const TRIES = 5;

/**
 * Asks again where a kept connection was closed just as it was used: events have numbers and count once, and a question
 * may be repeated.
 * @param {number} port @param {string} path @param {RequestInit} init
 */
function ask(port, path, init) {
  const send = () => fetch(`http://127.0.0.1:${port}${path}`, init);
  let asked = send();
  for (let again = 1; again < TRIES; again++) asked = asked.catch(send);
  return asked;
}

/** @param {number} port @param {object} body */
export async function sendBatch(port, body) {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await ask(port, "/track/events/batch", init);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}

/** @param {number} port @param {string} path */
export async function read(port, path) {
  const response = await open(port, path);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()).data;
}

/** The answer itself, its body unread. @param {number} port @param {string} path */
export const open = (port, path) => ask(port, path, { headers: KEY });

/**
 * Follows a stream; `heard` gets each frame and when it came.
 * @param {number} port @param {string} path
 * @param {(frame: { t: string, data: Record<string, any> }, at: number) => void} heard
 */
export async function follow(port, path, heard) {
  const response = await fetchOrUpgrade(`http://127.0.0.1:${port}${path}`, {
    headers: { Upgrade: "websocket", ...KEY },
  });
  const { webSocket } = response;
  if (!webSocket) throw new Error(`${response.status} ${await response.text()}`);
  webSocket.addEventListener("message", ({ data }) => heard(JSON.parse(String(data)), performance.now()));
  webSocket.accept();
  return () => webSocket.close();
}

/** @param {() => Promise<boolean> | boolean} check @param {string} what @param {number} ms */
export async function until(check, what, ms = 120_000) {
  const deadline = Date.now() + ms;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms for ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

/** Runs `step` for 0 … count - 1, `lanes` at a time. @param {number} count @param {number} lanes @param {(i: number) => Promise<void>} step */
export async function inLanes(count, lanes, step) {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const i = next;
      next += 1;
      await step(i);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
