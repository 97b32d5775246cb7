import { toHex, utf8 } from "./bytes";

/** SHA-256 of the text's UTF-8 bytes, as 64 lowercase hex digits. */
export const sha256 = async (text: string): Promise<string> => toHex(await crypto.subtle.digest("SHA-256", utf8(text)));
