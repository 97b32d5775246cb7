import { LEAD_MAX_BODY_BYTES, LEAD_MAX_FIELDS } from "../limits";
import { cleanText, parseJson } from "../protocol/text";
import { decodeText, readBytes } from "./body";
import { fromRefusal, Problem } from "./problem";

export interface Form {
  values: Record<string, unknown>;
  /** Sent as a plain HTML form is: its sender may want a page, not JSON. */
  isPlain: boolean;
}

type Reader = (request: Request) => Promise<Record<string, unknown>>;

/** Bodies of a form, by their content type. JSON may come as text, for beacons. */
const READERS: Record<string, Reader> = {
  "application/json": readObject,
  "text/plain": readObject,
  "application/x-www-form-urlencoded": readPairs,
  "multipart/form-data": readMultipart,
};

const typeOf = (request: Request): string =>
  (request.headers.get("Content-Type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";

export const isForm = (request: Request): boolean => Object.hasOwn(READERS, typeOf(request));

/** What a form sent, by name; a name that comes several times has a list. 4xx for a body that is none of these. */
export async function readForm(request: Request): Promise<Form> {
  const type = typeOf(request);
  const read = READERS[type];
  if (!read) {
    const detail =
      "Send application/json, application/x-www-form-urlencoded, multipart/form-data, or text/plain that holds JSON.";
    throw new Problem("unsupported_type", detail);
  }
  return { values: await read(request), isPlain: /form/.test(type) };
}

const invalid = (message: string): Problem => new Problem("invalid_body", message, { errors: [{ path: "", message }] });

async function readObject(request: Request): Promise<Record<string, unknown>> {
  const parsed = parseJson(decodeText(await readBytes(request, LEAD_MAX_BODY_BYTES)));
  if (!parsed.ok) throw fromRefusal(parsed.refusal);
  const { value } = parsed;
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid("must be an object");
  return value as Record<string, unknown>;
}

async function readPairs(request: Request): Promise<Record<string, unknown>> {
  const text = decodeText(await readBytes(request, LEAD_MAX_BODY_BYTES));
  return gather(new URLSearchParams(text));
}

async function readMultipart(request: Request): Promise<Record<string, unknown>> {
  const body = await readBytes(request, LEAD_MAX_BODY_BYTES);
  const headers = { "Content-Type": request.headers.get("Content-Type") ?? "" };
  let data: FormData;
  try {
    data = await new Response(body, { headers }).formData();
  } catch {
    throw invalid("is no multipart/form-data");
  }
  return gather(data);
}

function gather(pairs: Iterable<[string, string | File]>): Record<string, unknown> {
  const values = new Map<string, string[]>();
  for (const [key, value] of pairs) {
    const name = cleanText(key);
    if (typeof value !== "string") {
      // An empty file input of a form sends an empty file.
      if (value.size > 0) throw invalid("files are not taken");
      continue;
    }
    if (name === "__proto__") throw new Problem("forbidden_key", 'The key "__proto__" is not allowed.');
    const known = values.get(name);
    if (known) known.push(cleanText(value));
    else values.set(name, [cleanText(value)]);
    // Before a schema has to look at ten thousand of them.
    if (values.size > 2 * LEAD_MAX_FIELDS) throw invalid(`at most ${LEAD_MAX_FIELDS} fields`);
  }
  return Object.fromEntries([...values].map(([name, list]) => [name, list.length > 1 ? list : list[0]]));
}
