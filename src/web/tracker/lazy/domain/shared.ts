import { isOwn } from "../../ids";
import { SHARED_CAMPAIGN_BYTES } from "../../limits";

/** What the hosts of a domain share by its cookie. Never the device's secret, because a server of the site must not see it. */
export interface Shared {
  /** The visitor's id, and the server's proof of it. Both are empty until the server has sent them. */
  visitor: string;
  proof: string;
  /** The session's id and key, and the time of its last activity, epoch ms. Empty and 0 while there is no session. */
  id: string;
  key: string;
  at: number;
  campaign: string;
}

const isProof = (text: unknown): text is string => isOwn(text, 64);

/** The cookie's value. */
export const written = ({ visitor, proof, id, key, at, campaign }: Shared): string =>
  [visitor, proof, id, key, at.toString(36), encodeURIComponent(campaign).slice(0, SHARED_CAMPAIGN_BYTES)].join("~");

/** Reads the cookie's value. A malformed visitor or session reads as none. */
export function readFrom(value: string): Shared {
  const [visitor = "", proof = "", id = "", key = "", at = "", ...campaign] = value.split("~");
  const isVisitor = isOwn(visitor) && isProof(proof);
  const isSession = isOwn(id) && isOwn(key);
  return {
    ...(isVisitor ? { visitor, proof } : { visitor: "", proof: "" }),
    ...(isSession
      ? { id, key, at: Number.parseInt(at, 36) || 0, campaign: decoded(campaign.join("~")) }
      : { id: "", key: "", at: 0, campaign: "" }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
