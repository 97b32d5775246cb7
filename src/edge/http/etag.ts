import { sha256 } from "../../core/sha256";
import { headerOf } from "../../protocol/header";

/** A strong tag of a body. */
export const tagOf = async (body: string): Promise<string> => `"${(await sha256(body)).slice(0, 16)}"`;

/** Whether the caller has what goes by this tag already; a tag that a proxy has weakened counts (RFC 9110, 13.1.2). */
export const isKnown = (request: Request, tag: string): boolean =>
  (headerOf(request.headers, "If-None-Match") ?? "")
    .split(",")
    .map((one) => one.trim().replace(/^W\//, ""))
    .some((one) => one === tag || one === "*");
