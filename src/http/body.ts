import { MAX_BODY_BYTES } from "../limits";
import { parseJson } from "../protocol/text";
import { fromRefusal, Problem } from "./problem";

const tooLarge = (): Problem => new Problem("too_large", `A body may have at most ${MAX_BODY_BYTES} bytes.`);

/** JSON, or text that holds JSON: what `sendBeacon` can send without a preflight. */
export async function readJson(request: Request): Promise<unknown> {
  const type = (request.headers.get("Content-Type") ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json" && type !== "text/plain") {
    throw new Problem("unsupported_type", "Send application/json, or text/plain that holds JSON.");
  }
  const parsed = parseJson(await readText(request));
  if (!parsed.ok) throw fromRefusal(parsed.refusal);
  return parsed.value;
}

/** The declared length is only a hint: what counts is what arrives. */
async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get("Content-Length")) > MAX_BODY_BYTES) throw tooLarge();
  if (!request.body) return "";
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let bytes = 0;
  let text = "";
  try {
    for await (const chunk of request.body) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BODY_BYTES) throw tooLarge();
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new Problem("not_utf8", "The body is not UTF-8.");
    throw error;
  }
}
