import { Replayer } from "@rrweb/replay";
import type { eventWithTime } from "@rrweb/types";
import { type Reels, streamAt } from "./reels";
import type { Moment, PlayedEvent } from "./say";

/** How far the page may be off the clock before it is corrected; more frequent corrections would look like stutter. */
const DRIFT_MS = 250;

const FULL_SNAPSHOT = 2;

/** Shows a recording at a given moment: of the page loads, the one where the visitor last did something. */
export class Stage {
  readonly #root: HTMLElement;
  readonly #reels: Reels;
  #replayer: Replayer | undefined;
  #stream: string | undefined;
  /** The time of the first event, epoch ms. The others are ms after it: the first full snapshot, and the end. */
  #from = 0;
  #begin = 0;
  #length = 0;
  #isPlaying = false;
  #speed = 1;

  constructor(root: HTMLElement, reels: Reels) {
    this.#root = root;
    this.#reels = reels;
    addEventListener("resize", () => this.#fit());
  }

  show({ at, playing, speed }: Moment): void {
    this.#open(streamAt(this.#reels, at));
    const replayer = this.#replayer;
    if (!replayer) return;
    // Before the first full snapshot and after the last event nothing moves.
    const offset = Math.min(this.#length, Math.max(this.#begin, at - this.#from));
    const isMoving = playing && at - this.#from >= this.#begin && offset < this.#length;
    if (speed !== this.#speed) replayer.setConfig({ speed });
    const isOff = Math.abs(replayer.getCurrentTime() - offset) > (isMoving ? DRIFT_MS * Math.max(1, speed) : 1);
    if (isMoving && (isOff || !this.#isPlaying)) replayer.play(offset);
    else if (!isMoving && (isOff || this.#isPlaying)) replayer.pause(offset);
    this.#isPlaying = isMoving;
    this.#speed = speed;
  }

  #open(stream: string | undefined): void {
    if (stream === this.#stream) return;
    this.#replayer?.destroy();
    this.#root.replaceChildren();
    this.#stream = stream;
    this.#isPlaying = false;
    this.#speed = 1;
    this.#replayer = stream === undefined ? undefined : this.#play(this.#reels.events.get(stream) ?? []);
  }

  #play(events: PlayedEvent[]): Replayer | undefined {
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last || events.length < 2) return;
    this.#from = first.timestamp;
    const snapshot = events.find(({ type }) => type === FULL_SNAPSHOT) ?? first;
    // rrweb draws events before a moment, not those at it; hence the 1 ms.
    this.#begin = snapshot.timestamp - first.timestamp + 1;
    this.#length = Math.max(this.#begin, last.timestamp - first.timestamp + 1);
    const replayer = new Replayer(events as unknown as eventWithTime[], {
      root: this.#root,
      mouseTail: { strokeStyle: "#495af6", lineWidth: 2 },
      showWarning: false,
      // A replayed focus must not take the focus from the dashboard.
      triggerFocus: false,
    });
    replayer.on("resize", () => this.#fit());
    replayer.iframe.tabIndex = -1;
    replayer.iframe.title = "The page";
    return replayer;
  }

  /** Scales the page to the room, never above its own size. */
  #fit(): void {
    const { wrapper, iframe } = this.#replayer ?? {};
    if (!wrapper || !iframe) return;
    const [width, height] = [Number(iframe.getAttribute("width")), Number(iframe.getAttribute("height"))];
    if (!width || !height) return;
    const scale = Math.min(1, innerWidth / width, innerHeight / height);
    wrapper.style.width = `${width}px`;
    wrapper.style.transform = `translateX(${Math.max(0, (innerWidth - width * scale) / 2)}px) scale(${scale})`;
  }
}
