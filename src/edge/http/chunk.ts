/** What is sent of an export at a time: some twenty sessions. Smaller ones cost a call each, larger ones are memory. */
export const EXPORT_CHUNK_BYTES = 64 * 1024;

const encoder = new TextEncoder();
/** UTF-8 bytes of a UTF-16 unit, at most. */
const UNIT_BYTES = 3;

/** Lines of text as bytes, written into one buffer as they come: no text of them all is ever made. */
export class Chunk {
  readonly #bytes: Uint8Array;
  #length = 0;

  /** A first line that is larger than a chunk has one to itself. */
  constructor(text: string, end: string) {
    this.#bytes = new Uint8Array(Math.max(EXPORT_CHUNK_BYTES, (text.length + end.length) * UNIT_BYTES));
    this.#write(text, end);
  }

  /** False if it may not fit: nothing of it is added then. */
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
