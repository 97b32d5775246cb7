import { type ChunkCall, readStoredChunk, type StoredChunk } from "../../core/recording/chunk";
import { gunzip } from "../../core/recording/gzip";
import { sha256 } from "../../core/sha256";
import { readText } from "../../core/stored";
import { RECORDING_MAX_TEXT_BYTES } from "../../limits";
import { keysUnder } from "./archive";

/**
 * R2's `replay/`: chunks of DOM recording, each an object of its own, gzip, created once. A key is made from what a chunk says of
 * itself, so a chunk that is sent again has the same key.
 */

const folderOf = (prefix: string): string => `${prefix}replay/`;

type Name = Pick<ChunkCall, "stream" | "number" | "at">;

/** The contract's `{timestamp}-{n}`: the chunk's own time, and a number that stands for its stream and number in it. */
async function keyOf(prefix: string, { stream, number, at }: Name): Promise<string> {
  const n = Number.parseInt((await sha256(`${stream} ${number}`)).slice(0, 12), 16);
  return `${folderOf(prefix)}${String(at).padStart(13, "0")}-${n}.json`;
}

/** Returns the key. Null from R2 means that an earlier attempt got through, which is as good. */
export async function putChunk(bucket: R2Bucket, prefix: string, chunk: ChunkCall, body: ArrayBuffer): Promise<string> {
  const key = await keyOf(prefix, chunk);
  await bucket.put(key, body, {
    onlyIf: { etagDoesNotMatch: "*" },
    httpMetadata: { contentType: "application/json", contentEncoding: "gzip" },
    // How far the page's clock is off is asked of all chunks before any is read.
    customMetadata: { lag: String(chunk.received_at - chunk.sent_at) },
  });
  return key;
}

export const deleteChunk = (bucket: R2Bucket, key: string): Promise<void> => bucket.delete(key);

/** Deletes everything that a session has recorded. */
export async function eraseRecording(bucket: R2Bucket, prefix: string): Promise<void> {
  const keys: string[] = [];
  for await (const key of keysUnder(bucket, folderOf(prefix))) keys.push(key);
  // At most 1,000 keys a call.
  for (let i = 0; i < keys.length; i += 1_000) await bucket.delete(keys.slice(i, i + 1_000));
}

/** A chunk that is there, before it is read. */
export interface ListedChunk {
  key: string;
  /** The time of its first event, by the page's clock, epoch ms. */
  at: number;
  /** How far the server's clock was ahead of the page's when the chunk arrived, travel time included, ms. */
  lag: number;
}

/** Oldest first: keys begin with the chunk's time. */
export async function listChunks(bucket: R2Bucket, prefix: string): Promise<ListedChunk[]> {
  const found: ListedChunk[] = [];
  let cursor: string | undefined;
  do {
    const options = { prefix: folderOf(prefix), include: ["customMetadata" as const], ...(cursor && { cursor }) };
    const page: R2Objects = await bucket.list(options);
    for (const { key, customMetadata } of page.objects) {
      const at = Number(/(\d{13})-\d+\.json$/.exec(key)?.[1] ?? 0);
      found.push({ key, at, lag: Number(customMetadata?.["lag"] ?? 0) });
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  return found;
}

/** Null if it is gone (retention, erasure), or inflates to more than twice a chunk's limit. */
export async function readChunk(bucket: R2Bucket, key: string): Promise<StoredChunk | null> {
  const object = await bucket.get(key);
  if (!object) return null;
  const text = await gunzip(await object.arrayBuffer(), 2 * RECORDING_MAX_TEXT_BYTES);
  return text === null ? null : readText(readStoredChunk, text);
}
