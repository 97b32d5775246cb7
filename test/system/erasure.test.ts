import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalServer, startServer } from "../local/server.ts";
import { rowsOf, wipeTables } from "../local/stores.ts";
import { type Trace, tracesIn, tracesInBytes } from "../local/traces.ts";
import { until } from "../local/until.ts";
import { live, PAGE } from "./helpers";

let server: LocalServer;

beforeAll(async () => {
  server = await startServer({ lean: true, env: { RATE_LIMIT: "off" } });
});

afterAll(() => server?.stop());

const command = (script: string, args: string[]) =>
  spawnSync(process.execPath, [new URL(`../../scripts/${script}`, import.meta.url).pathname, ...args], {
    encoding: "utf8",
    timeout: 120_000,
  });

/** Somebody who visits, writes their address into a form's field, says who they are and leaves a lead. */
class Person {
  readonly mark = crypto.randomUUID().slice(0, 8);
  readonly visitor = `visitor-${this.mark}`;
  readonly fingerprint = `print-${this.mark}`;
  readonly email = `${this.mark}@mail.example`;
  readonly sessions: string[] = [];
  lead = "";
  readonly address: string;

  constructor(address: string) {
    this.address = address;
  }

  /** By what they can be found. */
  get needles(): string[] {
    return [this.visitor, this.fingerprint, this.email, this.address, this.lead, ...this.sessions];
  }

  async #send(path: string, body: object): Promise<Response> {
    const headers = {
      "Content-Type": "application/json",
      "CF-Connecting-IP": this.address,
      Origin: "https://shop.example",
    };
    const response = await fetch(`${server.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    expect(response.ok, await response.clone().text()).toBe(true);
    return response;
  }

  async visit(end: boolean): Promise<void> {
    const session_id = crypto.randomUUID();
    this.sessions.push(session_id);
    const start = { page: PAGE, visitor_id: this.visitor, fingerprint_id: this.fingerprint };
    const events = [
      { event_type: "page_view", page: `${PAGE}?for=${this.email}` },
      { event_type: "identify", data: { email: this.email } },
      { event_type: "form_change", data: { value: this.email } },
    ];
    await this.#send("/track/events/batch", { session_id, stream: "s1", first: 1, start, events });
    const more = { session_id, stream: "s1", first: 4, events: [{ event_type: "click" }] };
    await this.#send("/track/events/batch", { ...more, ...(end && { end: {} }) });
  }

  async writeLead(): Promise<void> {
    const lead = { email: this.email, name: "Ada", session_id: this.sessions[0], visitor_id: this.visitor };
    const response = await this.#send("/lead", lead);
    this.lead = ((await response.json()) as { lead_id: string }).lead_id;
  }

  /** In both stores, also of the session that is still open: R2 may lag by 75 s. */
  async settled(): Promise<void> {
    for (const id of this.sessions)
      await until(async () => (await live(server, id))?.actor.journal_depth === 0, `${id} to be written out`, 90_000);
    await until(async () => (await server.api(`/analytics/leads/${this.lead}`)).ok, "the lead to be in D1");
  }
}

test("an erasure leaves nothing of a person in any file, another's data whole, and D1 can be made again from R2", {
  timeout: 300_000,
}, async () => {
  // Addresses as they are, so that there is something to be found.
  const settings = { ip: "full", allowed_origins: ["https://shop.example"] };
  const put = await server.api("/analytics/sites/default", { method: "PUT", body: JSON.stringify(settings) });
  expect(put.status, await put.clone().text()).toBe(200);
  const [gone, stays] = [new Person("203.0.113.77"), new Person("198.51.100.88")];
  for (const person of [gone, stays]) {
    await person.visit(true);
    await person.visit(false);
    await person.writeLead();
  }
  for (const person of [gone, stays]) await person.settled();
  await server.kill();
  // The runtime keeps the name of an object beside its alarm. A tombstone has an alarm, and its session's id for a name.
  const isOfPerson = ({ where, needle }: Trace) =>
    !(where.endsWith("SessionActor/metadata.sqlite") && gone.sessions.includes(needle));
  const before = new Set(tracesIn(server.state, gone.needles).map(({ needle }) => needle));
  // The search finds what is there: in D1, KV, R2 and the actors.
  for (const needle of gone.needles) expect(before, needle).toContain(needle);

  await server.start();
  const answer = await server.api(`/analytics/visitors/${gone.visitor}`, { method: "DELETE" });
  const { data } = (await answer.json()) as { data: { erasure_id: string } };
  const receipt = async () =>
    ((await (await server.api(`/analytics/erasures/${data.erasure_id}`)).json()) as { data: { status: string } }).data;
  await until(async () => (await receipt()).status === "complete", "the erasure to be complete", 120_000);
  expect(await receipt()).toMatchObject({ counts: { d1: { sessions: 2, events: 8, leads: 1 } } });
  await server.kill();
  expect(tracesIn(server.state, gone.needles).filter(isOfPerson)).toEqual([]);
  const kept = new Set(tracesIn(server.state, stays.needles).map(({ needle }) => needle));
  for (const needle of stays.needles) expect(kept, needle).toContain(needle);

  // Deleted is not overwritten, until it is.
  const scrubbed = command("scrub.ts", ["--state", server.state, "--json"]);
  expect(scrubbed.status, scrubbed.stderr).toBe(0);
  expect(JSON.parse(scrubbed.stdout)).toMatchObject({ files: expect.any(Number) });
  expect(tracesInBytes(server.state, gone.needles).filter(isOfPerson)).toEqual([]);

  const tables = ["sessions", "events"];
  const identities = ["fingerprints", "identity_network"];
  const rows = await rowsOf(server.state, tables);
  // Their actors write them when they find time: what is compared is whether they are there.
  const named = async () =>
    Object.values(await rowsOf(server.state, identities)).map((found) =>
      found.map((row) => [row["fingerprint_id"], row["ip"]]),
    );
  const namedBefore = await named();
  expect(rows["sessions"]).toHaveLength(2);
  expect(rows["events"]).toHaveLength(8);
  expect(namedBefore).toEqual([[[stays.fingerprint, undefined]], [[stays.fingerprint, stays.address]]]);
  await wipeTables(server.state, [...tables, ...identities]);
  await server.start();
  expect(command("scrub.ts", ["--state", server.state]).stderr).toContain("stop the server first");
  const today = Date.now();
  const day = (offset: number) => new Date(today + offset * 86_400_000).toISOString().slice(0, 10);
  const rebuilt = command("rebuild.ts", [
    "--from",
    day(-1),
    "--to",
    day(1),
    "--url",
    server.url,
    "--key",
    server.key,
    "--json",
  ]);
  expect(rebuilt.status, rebuilt.stderr).toBe(0);
  expect(JSON.parse(rebuilt.stdout)).toMatchObject({
    sessions: 2,
    events: 8,
    fingerprints: 1,
    ahead: 0,
    incomplete: 0,
  });
  await server.kill();
  expect(await rowsOf(server.state, tables)).toEqual(rows);
  expect(await named()).toEqual(namedBefore);
});
