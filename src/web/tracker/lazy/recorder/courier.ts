import { failed, left, newBackoff, reset } from "../../backoff";
import { ANSWER_MS, RECORD_CHUNK_BYTES, RECORD_LEAVE_BYTES } from "../../limits";
import { safe } from "../../safe";
import type { Piece } from "./tape";

/** Whose recording it is: the session's id and key, and a name for this part of the recording. */
export interface Reel {
  id: string;
  key: string;
  stream: string;
  /** Chunks so far. */
  number: number;
}

/** An unacked chunk. Sent again it is the same, except for `sent_at`. */
interface Chunk {
  head: Record<string, unknown>;
  json: string;
}

const textOf = ({ head, json }: Chunk): string =>
  `${JSON.stringify({ ...head, sent_at: Date.now() }).slice(0, -1)},"events":[${json}]}`;

/** As text, so that no preflight costs a round trip. */
const plain = (...parts: BlobPart[]): Blob => new Blob(parts, { type: "text/plain" });

async function packed(text: string): Promise<Blob> {
  if (!("CompressionStream" in self)) return plain(text);
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return plain(await new Response(stream).blob());
}

/** Brings chunks to the server, one at a time, each until it is acked. */
export class Courier {
  readonly #url: string;
  readonly #site: string;
  readonly #end: () => void;
  readonly #retry = newBackoff();
  #chunks: Chunk[] = [];
  #isInFlight = false;
  #timer = 0;

  /** `end` is called when the server wants no more. */
  constructor(endpoint: string, site: string, end: () => void) {
    // The site is in the address, so that the server can refuse a chunk before it unpacks it.
    this.#url = `${endpoint}/track/recording?site=${encodeURIComponent(site)}`;
    this.#site = site;
    this.#end = end;
  }

  /** Characters that wait for an ack. */
  get units(): number {
    return this.#chunks.reduce((sum, { json }) => sum + json.length, 0);
  }

  add(reel: Reel, { at, json }: Piece): void {
    const { id, key, stream } = reel;
    const head = { session_id: id, session_key: key, site: this.#site, stream, number: ++reel.number, at };
    this.#chunks.push({ head, json });
    this.#next();
  }

  clear(): void {
    this.#chunks = [];
  }

  /** Sends chunks by beacon, because the page may go. They stay here too: a beacon gets no answer, and a repeat counts once. */
  leave(): void {
    let room = RECORD_LEAVE_BYTES;
    for (const chunk of this.#chunks) {
      const body = plain(textOf(chunk));
      room -= body.size;
      if (room < 0 || !navigator.sendBeacon(this.#url, body)) return;
    }
  }

  readonly #next = safe(() => {
    const [chunk] = this.#chunks;
    if (!chunk || this.#isInFlight) return;
    const held = left(this.#retry);
    if (held > 0) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(this.#next, held);
      return;
    }
    this.#isInFlight = true;
    void this.#send(chunk).then(() => {
      this.#isInFlight = false;
      this.#next();
    });
  });

  /** Never rejects. */
  async #send(chunk: Chunk): Promise<void> {
    let status = 0;
    let wait = 0;
    try {
      const body = await packed(textOf(chunk));
      if (body.size > RECORD_CHUNK_BYTES) return this.#end();
      // With keepalive, small chunks outlive the page.
      const keepalive = body.size < RECORD_LEAVE_BYTES / 4;
      const signal = AbortSignal.timeout?.(ANSWER_MS);
      const answer = await fetch(this.#url, { method: "POST", body, credentials: "omit", keepalive, signal });
      // A proxy's page is no ack, whatever its status is.
      const said = await answer.json().catch(() => ({}));
      status = said.ack || !answer.ok ? answer.status : 0;
      wait = Number(answer.headers.get("Retry-After")) || 0;
    } catch {
      // No answer counts as a busy server.
    }
    if (status === 200) {
      this.#chunks = this.#chunks.filter((one) => one !== chunk);
      reset(this.#retry);
    } else if (status >= 400 && status < 500 && status !== 429 && status !== 408) this.#end();
    else failed(this.#retry, wait);
  }
}
