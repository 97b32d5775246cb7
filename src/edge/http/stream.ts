import { itemPieces } from "../../ops/json-pieces";

/** Pieces of text as a response's body. Each is made when the one before has been taken, so memory stays flat. */
export function streamText(pieces: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      // An error half-way breaks the transfer off: a body that just ended there would look whole.
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

/** A list's JSON, a page at a time. */
export async function* listPieces(pages: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  // The beginning goes out before anything is fetched: a caller need not wait for R2 to know that the session exists.
  yield '{"data":[';
  yield* itemPieces(pages);
  yield '],"next_cursor":null}';
}
