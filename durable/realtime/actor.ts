import { DurableObject } from "cloudflare:workers";
import type { Env, RosterPlace } from "../../src/bindings";
import { isHere, type Presence } from "../../src/core/roster/entry";
import { type Here, isAsked } from "../../src/core/roster/people";
import { allShards, shardName } from "../../src/core/roster/shards";
import { type FollowContext, readFollow } from "../../src/core/roster/socket";
import { mergeSummaries, summarize } from "../../src/core/roster/summary";
import { readUsed, writeUsed } from "../../src/data/store/used-tickets";
import { KEY_CHECK_MS, MAX_USED_TICKETS } from "../../src/limits";
import { createLogger, errorField, type Logger } from "../../src/ops/logger";
import { sendQuietly } from "../session/watch";
import { closeRevoked } from "../sockets/followers";
import { openSockets } from "../sockets/seats";

/** Visitors shown to somebody who begins to follow a site: the latest ones. */
const REALTIME_SHOWN = 1_000;
/** How often followers are told what has changed on their site: with the time of a report, well under 5 s. */
const REALTIME_POLL_MS = 2_500;
/** People who follow one site at a time. */
const REALTIME_MAX_WATCHERS = 256;

/**
 * The people who follow one site: their sockets, which may hibernate, and what they have been told. While there are any, the
 * roster's shards are asked every few seconds what has changed. If nobody follows, nothing is asked.
 */
export class RealtimeActor extends DurableObject<Env> {
  readonly #log: Logger;
  readonly #places = new Map<number, RosterPlace>();
  /** Every session that is there, bots too, and the shard that has reported it. */
  readonly #present = new Map<string, Here & { shard: number }>();
  /** False until this instance has read all shards once. Followers are then told everything anew. */
  #isComplete = false;
  #keysCheckedAt = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#log = createLogger(env.LOG_LEVEL, { actor: "realtime" });
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Sockets only, opened by the Worker, which has checked limits and key. */
  override async fetch(request: Request): Promise<Response> {
    const context = readFollow(request);
    if (openSockets(this.ctx).length >= REALTIME_MAX_WATCHERS) return new Response("too many sockets", { status: 429 });
    if (context.ticket && !this.#redeem(context.ticket)) return new Response("ticket_invalid", { status: 401 });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment(context);
    if (!this.#isComplete) await this.#poll(context);
    sendQuietly(server, this.#whole(context));
    if ((await this.ctx.storage.getAlarm()) === null) await this.#setAlarm();
    const headers = context.protocol ? { "Sec-WebSocket-Protocol": context.protocol } : {};
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  override async alarm(): Promise<void> {
    this.ctx.waitUntil(this.#checkKeys());
    const [first] = openSockets(this.ctx);
    if (!first) return this.#forget();
    const follow = first.deserializeAttachment() as FollowContext;
    const isNew = !this.#isComplete;
    const { changed, left } = await this.#poll(follow);
    const text = isNew ? this.#whole(follow) : this.#update(follow, changed, left);
    if (isNew || changed.length + left.length > 0)
      for (const socket of this.ctx.getWebSockets()) sendQuietly(socket, text);
    await this.#setAlarm();
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    socket.close(code >= 3000 && code <= 4999 ? code : 1000);
  }

  override webSocketMessage(): void {
    // A follower only listens.
  }

  override webSocketError(_: WebSocket, error: unknown): void {
    this.#log.debug("socket_error", { error: errorField(error) });
  }

  async #checkKeys(): Promise<void> {
    const now = Date.now();
    if (now < this.#keysCheckedAt + KEY_CHECK_MS) return;
    this.#keysCheckedAt = now;
    await closeRevoked(this.env, this.ctx.getWebSockets(), now, this.#log);
  }

  /** Brings `#present` up to date, and returns what has changed. A shard that does not answer is asked again next time. */
  async #poll({ site, bots }: FollowContext): Promise<{ changed: Presence[]; left: string[] }> {
    const answers = await Promise.all(allShards.map((shard) => this.#ask(shard, site)));
    const shown = [...this.#present].filter(([, { presence }]) => isAsked(presence, bots)).map(([id]) => id);
    const changed: Presence[] = [];
    for (const [shard, answer] of answers.entries()) {
      if (!answer) continue;
      const isAnew = this.#places.get(shard)?.epoch !== answer.epoch;
      const named = new Set(isAnew ? answer.changed.map(({ presence }) => presence.session_id) : []);
      // A shard that was loaded anew names everybody who is there: a session that it does not name has left in the meantime.
      const missed = isAnew ? [...this.#present].filter(([id, one]) => one.shard === shard && !named.has(id)) : [];
      for (const [id] of missed) this.#present.delete(id);
      this.#places.set(shard, { epoch: answer.epoch, version: answer.version });
      for (const { presence, visitor, ended } of answer.changed) {
        const { session_id } = presence;
        if (!ended) {
          this.#present.set(session_id, { presence, visitor, shard });
          changed.push(presence);
          // A session whose visitor has changed is reported by another shard now.
        } else if (this.#present.get(session_id)?.shard === shard) this.#present.delete(session_id);
      }
    }
    const now = Date.now();
    for (const [session_id, { presence }] of this.#present) {
      if (!isHere(presence, now)) this.#present.delete(session_id);
    }
    this.#isComplete = true;
    const isShown = (id: string): boolean => {
      const one = this.#present.get(id);
      return one !== undefined && isAsked(one.presence, bots);
    };
    return {
      changed: changed.filter(({ session_id }) => isShown(session_id)),
      left: shown.filter((id) => !isShown(id)),
    };
  }

  async #ask(shard: number, site: string | null) {
    try {
      return await this.env.ROSTER.getByName(shardName(shard)).changes(site, this.#places.get(shard) ?? null);
    } catch (error) {
      this.#log.warn("shard_failed", { shard, error: errorField(error) });
      return null;
    }
  }

  #summary = ({ bots }: FollowContext) =>
    mergeSummaries([summarize([...this.#present.values()], bots, REALTIME_SHOWN)], bots, REALTIME_SHOWN);

  /** Everybody who is there, the latest first, at most `REALTIME_SHOWN`. */
  #whole(follow: FollowContext): string {
    return JSON.stringify({ t: "realtime", data: { ...this.#summary(follow), timestamp: Date.now() } });
  }

  #update(follow: FollowContext, changed: Presence[], left: string[]): string {
    const { sessions: _, ...counts } = this.#summary(follow);
    return JSON.stringify({ t: "update", data: { ...counts, timestamp: Date.now(), changed, left } });
  }

  #setAlarm = (): Promise<void> => this.ctx.storage.setAlarm(Date.now() + REALTIME_POLL_MS);

  #forget(): void {
    this.#places.clear();
    this.#present.clear();
    this.#isComplete = false;
  }

  #redeem(ticket: { nonce: string; expires_at: number }): boolean {
    const now = Date.now();
    const used = readUsed(this.ctx.storage).filter(([, expiry]) => expiry > now);
    if (used.length >= MAX_USED_TICKETS || used.some(([nonce]) => nonce === ticket.nonce)) return false;
    writeUsed(this.ctx.storage, [...used, [ticket.nonce, ticket.expires_at]]);
    return true;
  }
}
