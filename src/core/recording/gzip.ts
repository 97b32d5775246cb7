/** gzip by the platform's streams, with a limit: a small file may inflate to any amount of text. */

/** The first two bytes of gzip (RFC 1952). No JSON begins with them. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

export const gzip = (text: string): Promise<ArrayBuffer> =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();

/** One byte of deflate inflates to at most 1,032, so a slice makes at most a megabyte before the limit is checked. */
const SLICE_BYTES = 1_024;

/**
 * How many bytes are read at a time. With the default of 4 KB, four megabytes of text would take a thousand turns, which is most of
 * the time that inflating them takes.
 */
const READ_BYTES = 64 * 1024;

/** The text of a gzip file; null when it would have more than `limit` bytes. Throws if it is broken, or no UTF-8. */
export async function gunzip(bytes: Uint8Array | ArrayBuffer, limit: number): Promise<string | null> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  const inflated = slicesOf(new Uint8Array(bytes)).pipeThrough(new DecompressionStream("gzip"));
  const reader = inflated.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(READ_BYTES);
  let text = "";
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(buffer));
    if (done) return text + decoder.decode();
    length += value.byteLength;
    if (length > limit) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(value, { stream: true });
    // A read takes the buffer, and gives it back with the result.
    buffer = value.buffer;
  }
}

/** One slice at a time, only when asked for: past the limit nothing more is inflated. */
function slicesOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (at >= bytes.byteLength) return controller.close();
        controller.enqueue(bytes.subarray(at, at + SLICE_BYTES));
        at += SLICE_BYTES;
      },
    },
    { highWaterMark: 0 },
  );
}
