/**
 * Pure: the text of forms in whatever charset their page had. Until a form's charset is known its names and values are
 * binary text: one character for each byte, U+0000 to U+00FF.
 */

/** What a form's bytes are read as where nothing that was named fits: a browser's own last resort in most locales. */
const LAST_RESORT = "windows-1252";

/** How many bytes become text at a time: a call takes some ten thousand arguments, not a body's worth. */
const PIECE = 8_192;

export function toBinary(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return text;
}

const toBytes = (binary: string): Uint8Array => Uint8Array.from(binary, (char) => char.charCodeAt(0));

/** The `charset` parameter of a content type, null where it has none. */
export const charsetParameter = (contentType: string): string | null =>
  /;\s*charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType)?.[1] ?? null;

/** The decoder of a label of the Encoding standard; null for a label that it does not have. */
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
 * A body as UTF-8 where it is UTF-16 as a whole, and without a byte-order mark. Where it is not, the bytes of its values
 * are in the charset it names: https://url.spec.whatwg.org/#application/x-www-form-urlencoded has no UTF-16 of its own.
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

/** A character that a browser could not write in the form's charset: it sends its number. ASCII is in all of them. */
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
 * How the texts of one form are read: all by the first of the charsets named for it that all of them fit, else as UTF-8
 * where they are. Where they fit none (a byte may be bad, or a text cut), each text is read by the first of these that it
 * fits, else as windows-1252. A label that nobody knows says nothing, and one of ASCII, Latin-1 or windows-1252 (one charset
 * in the Encoding standard) nearly that: every byte fits it, and senders of UTF-8 name it unasked. In what is no UTF-8,
 * `&#321;` is the `Ł` that its charset lacks (https://html.spec.whatwg.org/#multipart-form-data).
 */
export function textReader(texts: readonly string[], labels: readonly (string | null)[]): (binary: string) => string {
  const all = texts.join("\n");
  const named = labels.map(decoderOf).filter((decoder) => decoder !== null && !isUtf16(decoder));
  const fitsAll = named.findIndex((one) => one?.encoding === LAST_RESORT);
  const strict = [...(fitsAll < 0 ? named : named.slice(0, fitsAll)), ...(fitsAll < 0 ? [decoderOf("utf-8")] : [])];
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

/** One text of a charset of its own (a part of a multipart body has one); null where it is not in that. */
export function readAs(label: string, binary: string): string | null {
  const decoder = decoderOf(label);
  if (decoder?.encoding === LAST_RESORT) return textReader([binary], [label])(binary);
  return decoder && decoded(decoder, binary);
}
