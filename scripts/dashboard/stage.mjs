// @ts-check
// A running PulseGate with something to see in every view of the dashboard: for its screenshots and its tests.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { visitOf } from "../../test/local/visits.mjs";

/** What opens a PulseGate in development. */
export const DEVELOPMENT_KEY = "pulsegate-development-key";

/**
 * @typedef {{ url: string, key: string }} Api
 * @typedef {object} Stage
 * @property {string} session  A session with a form, clicks and an end.
 * @property {string} present  One that is still there.
 * @property {string} lead
 * @property {string} fingerprint
 * @property {() => Promise<void>} close  Ends what the stage has started itself.
 */

/** @param {Api} api @param {string} path @param {RequestInit} [init] @returns {Promise<Record<string, any>>} */
export async function ask({ url, key }, path, init = {}) {
  const response = await fetch(url + path, {
    ...init,
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${key}`,
      Origin: "https://shop.example",
      ...init.headers,
    },
  });
  if (!response.ok) throw new Error(`${init.method ?? "GET"} ${path}: ${response.status} ${await response.text()}`);
  return /** @type {Record<string, any>} */ (await response.json());
}

/** @param {Api} api @param {string} path @param {unknown} body @param {string} [method] */
export const send = (api, path, body, method = "POST") => ask(api, path, { method, body: JSON.stringify(body) });

/** A visit, from a browser as it says it is. @param {Api} api @param {ReturnType<typeof visitOf>} visit */
const arrive = (api, visit) =>
  ask(api, "/track/events/batch", {
    method: "POST",
    body: JSON.stringify(visit),
    headers: { "User-Agent": visit.start.device_info.user_agent, "Accept-Language": "en-GB,en;q=0.8", Accept: "*/*" },
  });

/** A webhook's receiver: takes the first of two, and refuses the other. @returns {Promise<{ urls: string[], close: () => Promise<void> }>} */
async function openReceiver() {
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      const isRefused = request.url === "/refuses";
      response.writeHead(isRefused ? 410 : 200).end(isRefused ? "This endpoint is gone." : "{}");
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(null)));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    urls: [`http://127.0.0.1:${port}/takes`, `http://127.0.0.1:${port}/refuses`],
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** Polls until `check` is true. @param {() => Promise<boolean>} check @param {string} what @param {number} [ms] */
export async function until(check, what, ms = 60_000) {
  const deadline = Date.now() + ms;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms for ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

/**
 * @param {Api} api @param {{ visits?: number, present?: number }} [size]
 * @returns {Promise<Stage>}
 */
export async function setStage(api, { visits = 24, present = 8 } = {}) {
  const receiver = await openReceiver();
  const webhooks = receiver.urls.map((url, i) => ({
    id: ["crm", "old-crm"][i],
    url,
    secrets: [SECRET],
    events: ["lead"],
  }));
  await send(api, "/analytics/sites/shop", { allowed_origins: ["*"], ip: "full", webhooks }, "PUT");
  const all = Array.from({ length: visits }, (_, i) => visitOf({ i }));
  const here = Array.from({ length: present }, (_, i) => visitOf({ i: i + 100, stays: true }));
  for (const visit of [...all, ...here]) await arrive(api, visit);
  const withForm = all[3] ?? all[0];
  const fields = {
    email: "anna@widgets.example",
    phone: "+49 30 901820",
    project: "Rollout",
    message: "Please call me.",
  };
  const lead = await send(api, "/lead?site=shop", {
    ...{
      name: "Anna Ødegård",
      session_id: withForm?.session_id,
      submission_id: randomUUID(),
      fields: { budget: "20k" },
    },
    ...fields,
  });
  for (const [i, name] of ["Bo Lindqvist", "Chidi Okafor", "Dana Petrović"].entries())
    await send(api, "/lead?site=shop", {
      ...{
        name,
        email: `lead${i}@mail.example`,
        session_id: all[6 + 3 * i]?.session_id,
        source: "google",
        project: "Website",
      },
    });
  await send(api, "/analytics/keys", { name: "reporting", scopes: ["read"] });
  await send(api, "/analytics/keys", { name: "shop's server", scopes: ["ingest"], sites: ["shop"] });
  const old = await send(api, "/analytics/keys", { name: "an old one", scopes: ["read", "export"] });
  await ask(api, `/analytics/keys/${old["data"].key_id}`, { method: "DELETE" });
  await until(async () => {
    const { data } = await ask(api, "/analytics/sessions?site=shop&limit=100");
    return data.length >= visits;
  }, "the sessions in the database");
  return {
    session: withForm?.session_id ?? "",
    present: here[0]?.session_id ?? "",
    lead: lead["lead_id"],
    fingerprint: withForm?.start.fingerprint_id ?? "",
    close: receiver.close,
  };
}
