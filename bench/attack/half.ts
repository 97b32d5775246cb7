// One of two servers that take turns. Both serve a bystander: one beside the attack, the other beside as many requests to an
// empty Worker.
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuSeconds, sleep } from "../lib/process.ts";
import { type Server, start } from "../lib/server.ts";
import { quantile } from "../lib/stats.ts";
import { Bystander } from "./bystander.ts";
import { ATTACKS, ORIGIN, SITE } from "./kinds.ts";
import { Lines } from "./line.ts";
import { lostOf } from "./stored.ts";

export interface Attack {
  name: string;
  /** Whether it comes from many addresses. */
  isSpread: boolean;
  /** Requests a second. */
  rate: number;
  minutes: number;
}

/** Folders of built Workers. */
export interface Built {
  subject: string;
  empty: string;
}

/** What was sent beside the bystander, and what became of it. */
export interface Side {
  /** Answers by status; 0 stands for a connection that ended before its answer. */
  statuses: Record<string, number>;
  /** Requests that were not sent, because too many were under way. */
  unsent: number;
  /** Bytes that were sent. */
  bytes: number;
  /** Latency of the bystander's calls, ms. */
  p50: number;
  p95: number;
  visits: number;
  calls: number;
  /** Calls of the bystander that were not taken, by status. */
  refused: Record<string, number>;
  /** CPU-seconds of the server's processes, flushes included. */
  cpu: number;
  /** Events of the bystander that were acked, and that are in no store. */
  lost: number;
  d1_bytes: number;
  r2_bytes: number;
}

/**
 * Keeps the stores in memory, if the machine has a place for that. The local runtime makes files for each object that
 * wakes, even if it writes nothing, and on a disk every request waits for them. On Cloudflare such an object has no file.
 */
const MEMORY = "/dev/shm";
const stores = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "pulsegate-attack-"));
process.on("exit", () => rmSync(stores, { recursive: true, force: true }));

/** The pause after a slice. By its end all of the slice is written to D1, so it does not slow down the other server's slice. */
export const PAUSE_MS = 4_000;
/** The hosts of the Worker, and of the empty one beside it. */
const HOST = "bench";
const EMPTY_HOST = "empty.example";
const WARM_SECONDS = 6;
/** The most requests under way at the same time: the runtime needs seconds to answer so many. */
const MOST_UNDER_WAY = 512;
const ATTACKER = "198.51.100.7";

export class Half {
  #statuses: Record<string, number> = {};
  #unsent = 0;
  #bytes = 0;
  #sent = 0;
  #cpu = 0;
  #underWay = 0;
  #attack;
  #next;
  #server;
  #lines;
  #bystander;
  #bystanderLines;
  #empty = { d1: 0, r2: 0 };

  constructor(server: Server, attack: Attack, host: string) {
    this.#server = server;
    this.#attack = attack;
    const kind = ATTACKS[attack.name];
    if (!kind) throw new Error(`there is no attack ${attack.name}`);
    this.#next = kind.begin(attack.isSpread);
    this.#lines = new Lines(server.port, host);
    this.#bystanderLines = new Lines(server.port, HOST);
    this.#bystander = new Bystander(this.#bystanderLines);
  }

  static async open(name: "attacked" | "spared", attack: Attack, { subject, empty }: Built) {
    const key = randomBytes(32).toString("hex");
    const server = await start(name, {
      dist: subject,
      state: mkdtempSync(join(stores, `${name}-`)),
      objects: "project",
      beside: { dist: empty, host: EMPTY_HOST },
      bindings: {
        ENVIRONMENT: "production",
        LOG_LEVEL: "info",
        ANALYTICS_API_KEY: key,
        ADDRESS_HASH_SECRET: randomBytes(32).toString("hex"),
      },
    });
    await setSite(server.port, key);
    return new Half(server, attack, name === "attacked" ? HOST : EMPTY_HOST);
  }

  async warm() {
    await this.#bystander.come(WARM_SECONDS);
    this.#bystander.forgetTimes();
    this.#empty = { d1: await this.#server.databaseBytes(), r2: await this.#server.objectBytes() };
  }

  async slice(seconds: number) {
    const before = cpuSeconds(this.#server.pids);
    await Promise.all([this.#bystander.come(seconds), this.#flood(seconds)]);
    await sleep(PAUSE_MS);
    this.#cpu += cpuSeconds(this.#server.pids) - before;
  }

  /** Sends a request every 1 / rate seconds, whether or not the last one was answered. */
  async #flood(seconds: number) {
    const { rate } = this.#attack;
    const began = performance.now();
    const underWay: Promise<void>[] = [];
    for (let i = 0; i < rate * seconds; i++) {
      const wait = began + (i * 1_000) / rate - performance.now();
      if (wait > 0.5) await sleep(wait);
      if (this.#underWay >= MOST_UNDER_WAY) this.#unsent += 1;
      else underWay.push(this.#send(this.#sent++));
    }
    await Promise.all(underWay);
  }

  async #send(n: number) {
    this.#underWay += 1;
    const address = this.#attack.isSpread ? `${1 + (n >> 16)}.${(n >> 8) % 256}.${n % 256}.7` : ATTACKER;
    const { status, sent } = await this.#lines.ask(this.#next(n), address);
    this.#underWay -= 1;
    this.#bytes += sent;
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
  }

  /** Whether a request was taken, so that something will be written. */
  wasTaken = () => Object.keys(this.#statuses).some((status) => status === "200" || status === "202");

  hangUp() {
    this.#lines.close();
    this.#bystanderLines.close();
  }

  async side(): Promise<Side> {
    const { latencies, visits, refused, acked } = this.#bystander;
    const lost = await lostOf(this.#server, acked);
    return {
      statuses: this.#statuses,
      unsent: this.#unsent,
      bytes: this.#bytes,
      cpu: this.#cpu,
      p50: quantile(latencies, 0.5),
      p95: quantile(latencies, 0.95),
      visits,
      calls: latencies.length,
      refused,
      lost,
      d1_bytes: (await this.#server.databaseBytes()) - this.#empty.d1,
      r2_bytes: (await this.#server.objectBytes()) - this.#empty.r2,
    };
  }

  async close() {
    this.hangUp();
    await this.#server.kill();
    rmSync(this.#server.state, { recursive: true, force: true });
  }
}

/** Sets the site up as its owner would: for pages of one origin. */
async function setSite(port: number, key: string) {
  const response = await fetch(`http://127.0.0.1:${port}/analytics/sites/${SITE}`, {
    method: "PUT",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ allowed_origins: [ORIGIN] }),
  });
  if (!response.ok) throw new Error(`the site's settings were refused: ${response.status} ${await response.text()}`);
}
