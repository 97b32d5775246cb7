import { isOwn } from "../../ids";
import { CAMPAIGN_UNITS } from "../../limits";

/** What the hosts of a domain share by its cookie: never the device's secret, which a server of the site must not see. */
export interface Shared {
  /** The visitor's id, and the server's proof of it; empty until it has said them. */
  visitor: string;
  proof: string;
  /** The session's id and key, and its last activity, epoch ms; empty and 0 while there is none. */
  id: string;
  key: string;
  at: number;
  campaign: string;
}

const isProof = (text: unknown): text is string => isOwn(text, 64);

/** The cookie's value. A campaign that is too long is no reason for another session: its beginning tells it apart. */
export const written = ({ visitor, proof, id, key, at, campaign }: Shared): string =>
  [visitor, proof, id, key, at.toString(36), encodeURIComponent(campaign.slice(0, CAMPAIGN_UNITS))].join("~");

/** What a value says; what is malformed says nothing. */
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
