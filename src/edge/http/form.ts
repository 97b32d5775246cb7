import { getMultipartBoundary, parseMultipart } from "@remix-run/multipart-parser";
import { isCharsetField } from "../../core/leads/names";
import { LEAD_MAX_BODY_BYTES, LEAD_MAX_FIELDS } from "../../limits";
import { headerOf } from "../../protocol/header";
import { Problem, unwrap } from "../../protocol/problem";
import { cleanText, parseJson } from "../../protocol/text";
import { decodeText, readBytes } from "./body";
import { charsetParameter, readAs, textReader, toBinary, withoutUtf16 } from "./charset";

/** Parts of a multipart body: enough for all fields with several values each, and far fewer than 64 KiB could hold. */
const FORM_MAX_PARTS = 1_000;

export interface FormBody {
  values: Record<string, unknown>;
  /** A plain HTML form sent it, whose sender may want a page instead of JSON. */
  isPlain: boolean;
}

type Reader = (request: Request) => Promise<Record<string, unknown>>;

/** By content type. JSON may come as text, because beacons send it so. */
const READERS: Record<string, Reader> = {
  "application/json": readObject,
  "text/plain": readObject,
  "application/x-www-form-urlencoded": readPairs,
  "multipart/form-data": readMultipart,
};

const contentType = (request: Request): string => headerOf(request.headers, "Content-Type") ?? "";

const typeOf = (request: Request): string => contentType(request).split(";", 1)[0]?.trim().toLowerCase() ?? "";

export const isForm = (request: Request): boolean => Object.hasOwn(READERS, typeOf(request));

/** A form's values by name; a name that comes several times has a list. 4xx for any other body. */
export async function readForm(request: Request): Promise<FormBody> {
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

const bytesOf = async (request: Request): Promise<Uint8Array> =>
  new Uint8Array(await readBytes(request, LEAD_MAX_BODY_BYTES));

async function readObject(request: Request): Promise<Record<string, unknown>> {
  const value = unwrap(parseJson(decodeText(await bytesOf(request))));
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid("must be an object");
  return value as Record<string, unknown>;
}

/** A field as binary text. `charset`: a part of a multipart body may name its own. */
interface FormValue {
  name: string;
  value: string;
  charset: string | null;
}

async function readPairs(request: Request): Promise<Record<string, unknown>> {
  const named = charsetParameter(contentType(request));
  const text = toBinary(withoutUtf16(await bytesOf(request), named));
  // An escaped byte beyond ASCII becomes the escape of the character that stands for it in binary text.
  const escaped = text.replace(/%[89a-f][0-9a-f]/gi, (code) => encodeURIComponent(charOf(code)));
  const fields = [...new URLSearchParams(escaped)].map(([name, value]) => ({ name, value, charset: null }));
  return gather(fields, named);
}

/** The character of binary text for an escape such as `%FC`. */
const charOf = (code: string): string => String.fromCharCode(Number.parseInt(code.slice(1), 16));

async function readMultipart(request: Request): Promise<Record<string, unknown>> {
  const type = contentType(request);
  const boundary = getMultipartBoundary(type);
  if (boundary === null) throw invalid("is no multipart/form-data");
  // As binary text, because the parser reads a part's head, where the field's name is, as UTF-8.
  const body = new TextEncoder().encode(toBinary(await bytesOf(request)));
  const fields: FormValue[] = [];
  try {
    for (const part of parseMultipart(body, { boundary, maxParts: FORM_MAX_PARTS })) {
      // A file input that was left empty sends an empty file.
      if (part.isFile && part.size === 0) continue;
      if (part.isFile) throw invalid("files are not taken");
      if (part.name === undefined) throw invalid("is no multipart/form-data");
      const charset = charsetParameter(part.headers["content-type"] ?? "");
      fields.push({ name: part.name, value: part.text, charset });
    }
  } catch (error) {
    throw error instanceof Problem ? error : invalid("is no multipart/form-data");
  }
  return gather(fields, charsetParameter(type));
}

/** Values by name, as text. `named`: the charset in the body's content type. */
function gather(fields: readonly FormValue[], named: string | null): Record<string, unknown> {
  const said = fields.find(({ name }) => isCharsetField(name))?.value ?? null;
  const open = fields.flatMap(({ name, value, charset }) => (charset === null ? [name, value] : [name]));
  const read = textReader(open, [named, said]);
  const values = new Map<string, string[]>();
  for (const field of fields) {
    if (isCharsetField(field.name)) continue;
    const name = cleanText(read(field.name));
    const value = cleanText((field.charset && readAs(field.charset, field.value)) ?? read(field.value));
    if (name === "__proto__") throw new Problem("forbidden_key", 'The key "__proto__" is not allowed.');
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
    // Refused here, before a schema has to check ten thousand values.
    if (values.size > 2 * LEAD_MAX_FIELDS) throw invalid(`at most ${LEAD_MAX_FIELDS} fields`);
  }
  return Object.fromEntries([...values].map(([name, list]) => [name, list.length > 1 ? list : list[0]]));
}
