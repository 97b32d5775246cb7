/** gzip with the platform's own streams, bounded: a small file may hold any amount of text. */

/** RFC 1952: no JSON begins with these. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

export const gzip = (text: string): Promise<ArrayBuffer> =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();

/** Deflate makes at most 1,032 bytes of one, so that a slice inflates to about a megabyte before the limit is looked at. */
const SLICE_BYTES = 1_024;

/** The text of a gzip file; null when it would have more than `limit` bytes. Throws if it is broken, or no UTF-8. */
export async function gunzip(bytes: Uint8Array | ArrayBuffer, limit: number): Promise<string | null> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  const inflated = slicesOf(new Uint8Array(bytes)).pipeThrough(new DecompressionStream("gzip"));
  let text = "";
  let length = 0;
  for await (const chunk of inflated as ReadableStream<Uint8Array>) {
    length += chunk.byteLength;
    if (length > limit) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** A slice at a time, and the next only when it is asked for: what is too much is not inflated. */
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
