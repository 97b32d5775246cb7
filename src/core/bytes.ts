/** Bytes as text, and back, by the runtime's own encoders. */

/** An `ArrayBuffer` too, because `crypto.subtle` answers with one. */
type Bytes = Uint8Array | ArrayBuffer;

const viewOf = (bytes: Bytes): Uint8Array => (bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));

const encoder = new TextEncoder();

/** The UTF-8 bytes of a text. */
export const utf8 = (text: string) => encoder.encode(text);

/** Two lowercase hex digits a byte. */
export const toHex = (bytes: Bytes): string => viewOf(bytes).toHex();

export const toBase64 = (bytes: Bytes): string => viewOf(bytes).toBase64();

/** Base64 for URLs (base64url), without `=`. */
export const toBase64Url = (bytes: Bytes): string =>
  viewOf(bytes).toBase64({ alphabet: "base64url", omitPadding: true });

/** Null for a text that is no base64url. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    return null;
  }
}
