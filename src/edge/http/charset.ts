/**
 * Reads the text of forms in whatever charset their page had. Until the charset is known, names and values are binary text: one
 * character for each byte, U+0000 to U+00FF. Pure.
 */

/** The charset if none of the named ones fits: a browser's own last resort in most locales. */
const LAST_RESORT = "windows-1252";

/** Bytes that become text at a time: a call may have some ten thousand arguments. */
const PIECE = 8_192;

export function toBinary(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return text;
}

const toBytes = (binary: string): Uint8Array => Uint8Array.from(binary, (char) => char.charCodeAt(0));

/** The `charset` parameter of a content type; null if it has none. */
export const charsetParameter = (contentType: string): string | null =>
  /;\s*charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType)?.[1] ?? null;

/** The decoder of a label of the Encoding standard; null for an unknown label. */
function decoderOf(label: string | null): TextDecoder | null {
  if (label === null) return null;
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true });
  } catch {
    return null;
  }
}

const isUtf16 = ({ encoding }: TextDecoder): boolean => encoding.startsWith("utf-16");

function decoded(decoder: TextDecoder, binary: string): string | null {
  try {
    return decoder.decode(toBytes(binary));
  } catch {
    return null;
  }
}

/**
 * A body without its byte-order mark, and as UTF-8 if all of it is UTF-16. Any other body is returned as it is: its values are in the
 * charset that it names (https://url.spec.whatwg.org/#application/x-www-form-urlencoded never escapes UTF-16).
 */
export function withoutUtf16(bytes: Uint8Array, label: string | null): Uint8Array {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return bytes.subarray(3);
  const mark = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : null;
  const named = bytes.includes(0) ? decoderOf(label) : null;
  const encoding = mark ?? (named && isUtf16(named) ? named.encoding : null);
  if (encoding === null) return bytes;
  return new TextEncoder().encode(new TextDecoder(encoding).decode(bytes));
}

/** How a browser sends a character that the form's charset lacks: by its number. Every charset has ASCII. */
const REFERENCE = /&#(\d{3,7});/g;

function withoutReferences(text: string): string {
  return text.replace(REFERENCE, (reference, digits: string) => {
    const point = Number(digits);
    const isCharacter = point > 0x7f && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    return isCharacter ? String.fromCodePoint(point) : reference;
  });
}

const isAscii = (binary: string): boolean => !/[\x80-\xff]/.test(binary);

/**
 * Reads the texts of one form. All are read in the first named charset that fits all of them, else in UTF-8 if that fits. If none
 * fits all (a byte may be bad, or a text cut), each text is read in the first of these that fits it, else in windows-1252.
 * Unknown labels are ignored. ASCII, Latin-1 and windows-1252 are one charset in the Encoding standard; it says little, because
 * every byte fits it and senders of UTF-8 name it, so UTF-8 is tried before it. In any charset but UTF-8, `&#321;` is the `Ł` that
 * the charset lacks (https://html.spec.whatwg.org/#multipart-form-data).
 */
export function textReader(texts: readonly string[], labels: readonly (string | null)[]): (binary: string) => string {
  const all = texts.join("\n");
  const named = labels.map(decoderOf).filter((decoder) => decoder !== null && !isUtf16(decoder));
  const fitsAll = named.findIndex((one) => one?.encoding === LAST_RESORT);
  const strict = fitsAll < 0 ? [...named, decoderOf("utf-8")] : named.slice(0, fitsAll);
  const decoder = strict.find((one) => one && decoded(one, all) !== null);
  if (decoder) return (binary) => readBy(decoder, binary) ?? binary;
  const each = [...strict, decoderOf("utf-8")];
  const last = decoderOf(LAST_RESORT);
  return (binary) => {
    const fitting = isAscii(binary) ? undefined : each.find((one) => one && decoded(one, binary) !== null);
    return readBy(fitting ?? last, binary) ?? binary;
  };
}

function readBy(decoder: TextDecoder | null, binary: string): string | null {
  const text = decoder && decoded(decoder, binary);
  return text === null || decoder?.encoding === "utf-8" ? text : withoutReferences(text);
}

/** Reads a text in its own charset, as a part of a multipart body may name it; null if the text does not fit. */
export function readAs(label: string, binary: string): string | null {
  const decoder = decoderOf(label);
  if (decoder?.encoding === LAST_RESORT) return textReader([binary], [label])(binary);
  return decoder && decoded(decoder, binary);
}
