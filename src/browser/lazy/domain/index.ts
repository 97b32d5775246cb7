/** One visitor and one session over the hosts of a domain, by a first-party cookie; loaded where `data-domain` is set. */

import { SHARED_KEY, sessionKey } from "../../keys";
import type { Kit } from "../../kit";
import { COOKIE_DAYS, SHARED_MS } from "../../limits";
import { listen, safe } from "../../safe";
import type { Session } from "../../session";
import { isWithin, readFrom, type Shared, written } from "./shared";

export function start(kit: Kit, domain: string): void {
  const { options, plug, read, write, on, mayStore } = kit;
  if (!isWithin(domain, location.hostname)) return;
  const name = `pulsegate.${options.site}`;

  const set = (value: string, seconds: number): void => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser, and never on plain http.
    document.cookie = `${name}=${value}; Domain=${domain}; Path=/; Max-Age=${seconds}; SameSite=Lax; Secure`;
  };
  const inCookie = (): Shared => {
    const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
    return readFrom(found?.slice(name.length + 1) ?? "");
  };
  const onHost = (): Partial<Session> => {
    try {
      return JSON.parse(read(sessionKey(options.site)) ?? "{}") as Partial<Session>;
    } catch {
      return {};
    }
  };

  /** Takes what another host has written, where that is newer. */
  const take = (): void => {
    const { visitor, proof, ...session } = inCookie();
    if (visitor) share(visitor, proof);
    if (session.at > (onHost().at ?? 0)) write(sessionKey(options.site), JSON.stringify(session));
  };

  /** The visitor's id of this host from now on, in its starts and in its leads. */
  const share = (visitor_id: string, visitor_proof: string): void => {
    write(SHARED_KEY, `${visitor_id} ${visitor_proof}`);
    plug.device = { ...plug.device, domain, visitor_id, visitor_proof, visitor_secret: undefined };
  };

  let writtenAt = 0;
  let writtenFor = "";
  /** Writes the cookie: for another session at once, and else not with each event. */
  const keep = safe((isDue?: boolean) => {
    if (!mayStore()) {
      if (document.cookie.includes(`${name}=`)) set("", 0);
      return;
    }
    const { id = "", key = "", at = 0, campaign = "" } = onHost();
    if (!isDue && id === writtenFor && at - writtenAt < SHARED_MS) return;
    const [visitor = "", proof = ""] = (read(SHARED_KEY) ?? "").split(" ");
    set(written({ visitor, proof, id, key, at, campaign }), COOKIE_DAYS * 86_400);
    writtenFor = id;
    writtenAt = at;
  });

  // Asks for a proof with the start, which says who the visitor is.
  plug.device = { ...plug.device, domain };
  if (mayStore()) take();
  keep();
  if (document.referrer && isWithin(domain, new URL(document.referrer).hostname)) plug.ledBy = "";

  on("event", () => keep());
  on("ack", () => keep());
  plug.leaving.push(() => keep(true));
  // Another host may have gone on with the session while this page was hidden.
  listen("visibilitychange", () => {
    if (!document.hidden && mayStore()) take();
  });
  const { answered, consented } = plug;
  plug.answered = (reply, call) => {
    answered?.(reply, call);
    const { visitor_id, visitor_proof } = reply;
    if (!visitor_id || !visitor_proof || !mayStore()) return;
    write(SHARED_KEY, `${visitor_id} ${visitor_proof}`);
    keep(true);
  };
  plug.consented = () => {
    consented?.();
    keep(true);
  };
}
