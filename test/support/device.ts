import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { whoIs } from "../../src/core/roster/who";
import { visitorOf } from "../../src/core/session/calls/visitor-id";
import { rowsIn } from "./identity";
import { everything, type Person } from "./person";
import { rosterOf } from "./roster";
import { ask, KEY, stubOf } from "./visit";

/** Made-up devices that keep a secret, and what an export and the stores say about their visitors. */

export interface Device {
  secret: string;
  /** The id that the secret makes. */
  visitor: string;
  fingerprint: string;
  email: string;
  /** The address that it calls from, and the address as it is stored. */
  ip: string;
  network: string;
}

let count = 0;
export async function newDevice(): Promise<Device> {
  count += 1;
  const secret = `${crypto.randomUUID()}${crypto.randomUUID()}`;
  const mark = secret.slice(0, 8);
  return {
    secret,
    visitor: await visitorOf(secret),
    fingerprint: `print-${mark}`,
    email: `${mark}@mail.example`,
    ip: `100.64.${count}.7`,
    network: `100.64.${count}.0/24`,
  };
}

/** Names to search the stores for. */
export const personOf = ({ network, ...device }: Device): Person => ({ ...device, ip: network });

/** Everything that names a device's person, except the id that others may claim. */
export const namesOf = ({ secret, fingerprint, email, network }: Device): string[] => [
  secret,
  fingerprint,
  email,
  network,
];

interface Part {
  sessions: { session_id: string; entries: { kind: string }[] }[];
  leads: { lead: { lead_id: string } | null; submissions: { submission_id: string }[] }[];
}

/** What an export has, in the order of the ids: sessions, and leads by their first submit. */
export interface Shown {
  sessions: string[];
  leads: string[];
}

const shown = ({ sessions, leads }: Part): Shown => ({
  sessions: sessions.map(({ session_id }) => session_id).sort(),
  leads: leads.map(({ submissions }) => submissions[0]?.submission_id ?? "").sort(),
});

export async function exportOf(visitor: string): Promise<{ theirs: Shown; unproven: Shown; text: string }> {
  const response = await ask(`/analytics/visitors/${visitor}/export`, { headers: KEY });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  const { data } = JSON.parse(text) as { data: Part & { unproven: Part } };
  return { theirs: shown(data), unproven: shown(data.unproven), text };
}

/** Everything of a session's own database as text. */
export const ownOf = (id: string): Promise<string> =>
  runInDurableObject(stubOf(id), (_, { storage }) =>
    JSON.stringify(
      [...storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")]
        .map(({ name }) => name)
        .filter((name) => !name.startsWith("_"))
        .map((name) => [...storage.sql.exec(`SELECT * FROM ${name}`)]),
    ),
  );

/** Which of these texts are in a store, in the session's own database, with an identity, or in the visitor's roster. */
export async function tracesOf(id: string, visitor: string, needles: readonly string[]): Promise<string[]> {
  const identities = await Promise.all(
    (await listDurableObjectIds(env.IDENTITY)).map((one) => rowsIn(env.IDENTITY.get(one))),
  );
  const places = { stores: await everything(), own: await ownOf(id), identities: JSON.stringify(identities) };
  const found = Object.entries(places).flatMap(([place, text]) =>
    needles.filter((needle) => text.includes(needle)).map((needle) => `${needle} in ${place}`),
  );
  const here = await (await rosterOf(id, visitor)).sessionsOf((await whoIs(visitor)) ?? "", null);
  return here.includes(id) ? [...found, "roster"] : found;
}
