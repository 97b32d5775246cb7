/** Bytes of an export that are sent at a time: some twenty sessions. Smaller chunks cost more calls, larger ones more memory. */
export const EXPORT_CHUNK_BYTES = 64 * 1024;

const encoder = new TextEncoder();
/** The most UTF-8 bytes that a UTF-16 unit takes. */
const UNIT_BYTES = 3;

/** Lines as bytes, written into one buffer one by one, so that their text never stands in memory as a whole. */
export class LineChunk {
  readonly #bytes: Uint8Array;
  #length = 0;

  /** A first line that is longer than a chunk gets a larger chunk for itself. */
  constructor(text: string, end: string) {
    this.#bytes = new Uint8Array(Math.max(EXPORT_CHUNK_BYTES, (text.length + end.length) * UNIT_BYTES));
    this.#write(text, end);
  }

  /** Adds a line; false, with nothing added, if it may not fit. */
  add(text: string, end: string): boolean {
    if ((text.length + end.length) * UNIT_BYTES > EXPORT_CHUNK_BYTES - this.#length) return false;
    this.#write(text, end);
    return true;
  }

  #write(...parts: string[]): void {
    for (const part of parts) this.#length += encoder.encodeInto(part, this.#bytes.subarray(this.#length)).written;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
