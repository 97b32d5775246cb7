import { sha256 } from "../../core/sha256";
import { headerOf } from "../../protocol/header";

/** Hex digits of a tag: 128 bits, so that two bodies never share one. */
const TAG_DIGITS = 32;

/** A strong tag of a body. */
export const tagOf = async (body: string): Promise<string> => `"${(await sha256(body)).slice(0, TAG_DIGITS)}"`;

/** Whether the caller already has the body of this tag. A tag that a proxy has weakened counts (RFC 9110, 13.1.2). */
export const isKnown = (request: Request, tag: string): boolean =>
  (headerOf(request.headers, "If-None-Match") ?? "")
    .split(",")
    .map((one) => one.trim().replace(/^W\//, ""))
    .some((one) => one === tag || one === "*");
