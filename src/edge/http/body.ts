import { MAX_BODY_BYTES } from "../../limits";
import { headerOf } from "../../protocol/header";
import { Problem, unwrap } from "../../protocol/problem";
import { parseJson } from "../../protocol/text";
import { countBytes } from "./byte-limit";

const tooLarge = (limit: number): Problem => new Problem("too_large", `A body may have at most ${limit} bytes.`);

/** JSON, or text that holds JSON: `sendBeacon` can send text without a preflight. */
export async function readJson(request: Request): Promise<unknown> {
  const type = (headerOf(request.headers, "Content-Type") ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json" && type !== "text/plain") {
    throw new Problem("unsupported_type", "Send application/json, or text/plain that holds JSON.");
  }
  const bytes = await readBytes(request, MAX_BODY_BYTES);
  countBytes(request, bytes.byteLength);
  return unwrap(parseJson(decodeText(bytes)));
}

/** The body's bytes. The limit holds for what arrives, whatever length was declared. */
export async function readBytes(request: Request, limit: number): Promise<ArrayBuffer | Uint8Array> {
  const declared = headerOf(request.headers, "Content-Length");
  if (Number(declared) > limit) throw tooLarge(limit);
  // The HTTP layer holds a body to its declared length, so a body with a good one is read in one go.
  const bytes = declared === null ? await readStream(request, limit) : await request.arrayBuffer();
  if (bytes.byteLength > limit) throw tooLarge(limit);
  return bytes;
}

export function decodeText(bytes: ArrayBuffer | Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new Problem("not_utf8", "The body is not UTF-8.");
  }
}

/** Reads no further than the limit. */
async function readStream(request: Request, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > limit) throw tooLarge(limit);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
