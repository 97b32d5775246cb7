/** recorder.js: records how the page looks, for rrweb's player. Loaded only if the server says so. */
import { record as observe } from "@rrweb/record";
import type { RecordedEvent, RecordOrder } from "../../../../protocol/recording";
import { watchPasswords } from "../../form/fields";
import { streamName } from "../../ids";
import type { FullKit, Kit } from "../../kit";
import {
  RECORD_CHECKOUT_MS,
  RECORD_FIRST_MS,
  RECORD_FLUSH_MS,
  RECORD_FLUSH_UNITS,
  RECORD_GAP_MS,
  RECORD_IDLE_MS,
  RECORD_KEEP_UNITS,
  RECORD_STARTS,
} from "../../limits";
import { listen, safe } from "../../safe";
import type { Session } from "../../session";
import { Courier, type Reel } from "./courier";
import { maskField } from "./mask";
import { scrub } from "./scrub";
import { type Frame, Tape } from "./tape";
import { Values } from "./values";

const INCREMENTAL = 3;
const META = 4;
/** Sources of incremental events that the visitor causes: pointer, click, scroll, resize, input, touch, drag. */
const BY_HAND = [1, 2, 3, 4, 5, 6, 12];

/** Waits for orders. Each says whether to send the recording, or to keep only the last 30 s. */
export function start(
  options: Kit["options"],
  on: Kit["addHook"],
  mayStore: FullKit["mayStore"],
  cleanUrl: Kit["cleanUrl"],
): (order: RecordOrder) => void {
  watchPasswords(() => {});
  const recorder = new Recorder(options, mayStore, cleanUrl);
  on("session", () => recorder.change());
  listen("pagehide", () => recorder.leave());
  listen("visibilitychange", () => document.hidden && recorder.leave());
  return safe((order: RecordOrder) => recorder.obey(order));
}

class Recorder {
  readonly #site: string;
  readonly #mayStore: FullKit["mayStore"];
  readonly #cleanUrl: Kit["cleanUrl"];
  readonly #tape = new Tape();
  readonly #values = new Values();
  readonly #courier: Courier;
  #order: RecordOrder | undefined;
  #reel: Reel | undefined;
  #stop: (() => void) | undefined;
  #starts = 0;
  #timer = 0;
  /** By the page's clock, epoch ms: the last flush, the last whole snapshot, and the last event of the visitor's hand. */
  #flushed = 0;
  #snapshot = 0;
  #touched = 0;
  /** Nothing is kept until the next whole snapshot. */
  #isPaused = false;

  constructor({ endpoint, site }: Kit["options"], mayStore: FullKit["mayStore"], cleanUrl: Kit["cleanUrl"]) {
    this.#site = site;
    this.#mayStore = mayStore;
    this.#cleanUrl = cleanUrl;
    this.#courier = new Courier(endpoint, site, () => this.#end());
  }

  obey(order: RecordOrder): void {
    const { send } = this.#order ?? order;
    this.#order = { ...order, text: this.#order?.text ?? order.text };
    if (!this.#stop) this.#begin();
    // First send what the ring holds.
    else if (order.send && !send) this.#flush();
  }

  /** Called when another session has begun: what was recorded until now belongs to the last one. */
  change(): void {
    if (!this.#stop || !this.#order || !this.#reel) return;
    if (this.#session()?.id === this.#reel.id) return;
    if (this.#order.send) this.#flush();
    this.#tape.clear();
    // The server decides for each session whether to send, so do not send until it says so.
    this.#order = { ...this.#order, send: false };
    this.#thread();
    observe.takeFullSnapshot();
  }

  leave(): void {
    if (!this.#order?.send) return;
    this.#flush();
    this.#courier.leave();
  }

  #begin(): void {
    if (this.#starts >= RECORD_STARTS || !this.#thread()) return;
    this.#starts++;
    this.#values.start();
    const fields = { input: true, textarea: true, select: true, password: true };
    this.#touched = Date.now();
    this.#stop = observe<RecordedEvent>({
      emit: safe((event: RecordedEvent) => this.#take(event)),
      // Mask by tag, not by type, because a type may change, and hidden fields count too.
      maskInputOptions: fields as object,
      maskInputFn: maskField,
      blockSelector: "[data-pulse-ignore],iframe[data-pulse-mask],[data-pulse-mask] iframe",
      slimDOMOptions: "all",
      sampling: { mousemove: 50, scroll: 150, media: 800, input: "last" },
      // Keeps rrweb's errors from the page.
      errorHandler: () => true,
    });
    // The first snapshot, taken meanwhile, may have ended the recording.
    if (!this.#order) this.#end();
  }

  /** Names what is recorded from now on. False while there is no session that may be recorded. */
  #thread(): boolean {
    const session = this.#session();
    this.#reel = session && { id: session.id, key: session.key, stream: streamName(), number: 0 };
    return this.#reel !== undefined;
  }

  /** The session on the device, which is there only while the visitor allows it. Without a session nothing is recorded. */
  #session(): Session | undefined {
    try {
      if (!this.#mayStore()) return;
      return JSON.parse(localStorage.getItem(`pulsegate.session.${this.#site}`) ?? "") as Session;
    } catch {
      return;
    }
  }

  #take(event: RecordedEvent): void {
    if (!this.#mayStore()) this.#end();
    if (!this.#order || !this.#isWanted(event)) return;
    const isMasked = this.#order.text === "masked";
    const nodeOf = (id: number): Node | null => observe.mirror.getNode(id);
    if (!scrub(event, { isMasked, values: this.#values, cleanUrl: this.#cleanUrl, nodeOf })) return;
    const json = JSON.stringify(event);
    // This is more than a chunk may have, so such a page cannot be recorded.
    if (json.length > RECORD_KEEP_UNITS) this.#end();
    else this.#keep({ json, at: event.timestamp, isStart: event.type === META });
  }

  /** Whether to keep an event. False while nobody is there, or if the events before it are missing. */
  #isWanted({ type, data }: RecordedEvent): boolean {
    const now = Date.now();
    const isByHand = type === INCREMENTAL && BY_HAND.includes(Number(data["source"]));
    if (isByHand) this.#touched = now;
    if (type === META) this.#isPaused = false;
    // Taking the snapshot calls this method with META, which ends the pause.
    else if (this.#isPaused && isByHand && this.#hasRoom()) observe.takeFullSnapshot();
    else if (now - this.#touched > RECORD_IDLE_MS) this.#isPaused = true;
    return !this.#isPaused;
  }

  #keep(frame: Frame): void {
    const now = Date.now();
    if (frame.isStart) this.#snapshot = now;
    this.#tape.add(frame);
    if (this.#order?.send) this.#schedule(now);
    else this.#turn(now);
  }

  /** Keeps the last 30 s, from a whole snapshot on. */
  #turn(now: number): void {
    this.#tape.trim(now, RECORD_KEEP_UNITS);
    if (this.#tape.isEmpty) this.#isPaused = true;
    else if (now - this.#snapshot > RECORD_CHECKOUT_MS) observe.takeFullSnapshot(true);
  }

  #schedule(now: number): void {
    const isFirst = this.#reel?.number === 0;
    if (!this.#hasRoom()) {
      // The server takes nothing, so drop all and begin with a snapshot once there is room.
      this.#tape.clear();
      this.#isPaused = true;
    } else if (!isFirst && this.#tape.units > RECORD_FLUSH_UNITS && now - this.#flushed > RECORD_GAP_MS) this.#flush();
    else this.#timer ||= setTimeout(() => this.#flush(), isFirst ? RECORD_FIRST_MS : RECORD_FLUSH_MS);
  }

  #hasRoom = (): boolean => this.#tape.units + this.#courier.units <= RECORD_KEEP_UNITS;

  readonly #flush = safe(() => {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#flushed = Date.now();
    if (!this.#mayStore()) this.#end();
    for (let piece = this.#tape.cut(); piece && this.#reel; piece = this.#tape.cut())
      this.#courier.add(this.#reel, piece);
  });

  /** Stops: nothing is kept or sent until another order. */
  #end(): void {
    const stop = this.#stop;
    this.#stop = this.#order = this.#reel = undefined;
    // Later, because this may be called from inside rrweb.
    if (stop) setTimeout(safe(stop));
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#tape.clear();
    this.#courier.clear();
    this.#values.stop();
  }
}
