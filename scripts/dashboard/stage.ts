// A running PulseGate with something to see in every view of the dashboard: for its screenshots and its tests.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { until } from "../../test/local/until.ts";
import { visitOf } from "../../test/local/visits.ts";
import { listen, shut } from "../lib/listen.ts";

interface Api {
  url: string;
  key: string;
}

export interface Stage {
  /** A session with a form, clicks and an end. */
  session: string;
  /** A session that is still there. */
  present: string;
  lead: string;
  fingerprint: string;
  /** Ends what the stage has started itself. */
  close: () => Promise<void>;
}

/** @returns The answer. The caller knows its type. */
export async function ask<Answer = unknown>({ url, key }: Api, path: string, init: RequestInit = {}): Promise<Answer> {
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
  return (await response.json()) as Answer;
}

export const send = <Answer = unknown>(api: Api, path: string, body: unknown, method = "POST") =>
  ask<Answer>(api, path, { method, body: JSON.stringify(body) });

/** Sends a visit, with the headers of the browser that it says it is. */
const arrive = (api: Api, visit: ReturnType<typeof visitOf>) =>
  ask(api, "/track/events/batch", {
    method: "POST",
    body: JSON.stringify(visit),
    headers: { "User-Agent": visit.start.device_info.user_agent, "Accept-Language": "en-GB,en;q=0.8", Accept: "*/*" },
  });

/** A receiver with two addresses for webhooks: it takes those to the first, and refuses those to the other. */
async function openReceiver(): Promise<{ urls: string[]; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      const isRefused = request.url === "/refuses";
      response.writeHead(isRefused ? 410 : 200).end(isRefused ? "This endpoint is gone." : "{}");
    });
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  return { urls: [`${url}/takes`, `${url}/refuses`], close: () => shut(server) };
}

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

export async function setStage(
  api: Api,
  { visits = 24, present = 8 }: { visits?: number; present?: number } = {},
): Promise<Stage> {
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
  const lead = await send<{ lead_id: string }>(api, "/lead?site=shop", {
    name: "Anna Ødegård",
    email: "anna@widgets.example",
    phone: "+49 30 901820",
    project: "Rollout",
    message: "Please call me.",
    session_id: withForm?.session_id,
    submission_id: randomUUID(),
    fields: { budget: "20k" },
  });
  for (const [i, name] of ["Bo Lindqvist", "Chidi Okafor", "Dana Petrović"].entries()) {
    await send(api, "/lead?site=shop", {
      name,
      email: `lead${i}@mail.example`,
      session_id: all[6 + 3 * i]?.session_id,
      source: "google",
      project: "Website",
    });
  }
  await send(api, "/analytics/keys", { name: "reporting", scopes: ["read"] });
  await send(api, "/analytics/keys", { name: "shop's server", scopes: ["ingest"], sites: ["shop"] });
  const old = await send<{ data: { key_id: string } }>(api, "/analytics/keys", {
    name: "an old one",
    scopes: ["read", "export"],
  });
  await ask(api, `/analytics/keys/${old.data.key_id}`, { method: "DELETE" });
  await until(async () => {
    const { data } = await ask<{ data: unknown[] }>(api, "/analytics/sessions?site=shop&limit=100");
    return data.length >= visits;
  }, "the sessions in the database");
  return {
    session: withForm?.session_id ?? "",
    present: here[0]?.session_id ?? "",
    lead: lead.lead_id,
    fingerprint: withForm?.start.fingerprint_id ?? "",
    close: receiver.close,
  };
}
