/** domain.js: one visitor and one session for all hosts of a domain, by a first-party cookie. Loaded if `data-domain` is set. */
import { isWithin } from "../../../../core/session/calls/domain";
import { SHARED_KEY, sessionKey } from "../../keys";
import type { FullKit } from "../../kit";
import { COOKIE_DAYS, SESSION_IDLE_MS, SHARED_MS } from "../../limits";
import { safe } from "../../safe";
import type { Session } from "../../session";
import { readFrom, type Shared, written } from "./shared";

export function start(kit: FullKit, domain: string): void {
  const { options, plug, read, write, addHook, consentNow, mayStore } = kit;
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

  const isRefused = (): boolean => consentNow() === "denied";

  /** Makes this the visitor's id on this host from now on, in starts and in leads. */
  const share = (visitor_id: string, visitor_proof: string): void => {
    write(SHARED_KEY, `${visitor_id} ${visitor_proof}`);
    plug.device = { ...plug.device, domain, visitor_id, visitor_proof, visitor_secret: undefined };
  };
  const known = (): string[] => (read(SHARED_KEY) ?? "").split(" ");

  /** The last session that this page's events were in. */
  let latest = "";
  addHook("session", (id) => {
    latest = String(id);
  });

  /** Takes over another host's visitor, and its session if newer. While consent is pending, they stay in the page's memory. */
  const take = (): void => {
    if (isRefused()) return;
    const { visitor, proof, ...session } = inCookie();
    const [mine = "", own = ""] = known();
    if (visitor || mine) share(visitor || mine, visitor ? proof : own);
    const { id = "", at = 0 } = onHost();
    // A session that was ended here is over on every host.
    const isEnded = id === "" && session.id === latest;
    if (!isEnded && session.at > at) write(sessionKey(options.site), JSON.stringify(session));
  };

  let writtenAt = 0;
  let writtenFor = "";
  /** Writes the cookie: at once for a new session, otherwise if `isDue` or once per `SHARED_MS`. Only a refusal removes it. */
  const keep = safe((isDue?: boolean) => {
    if (isRefused() && document.cookie.includes(`${name}=`)) set("", 0);
    if (!mayStore()) return;
    const { id = "", key = "", at = 0, campaign = "" } = onHost();
    if (!isDue && id === writtenFor && at - writtenAt < SHARED_MS) return;
    const theirs = inCookie();
    // Another host or window has a newer session, so take that over instead.
    if (theirs.id !== id && theirs.at > at) return take();
    const [visitor = "", proof = ""] = known();
    set(written({ visitor, proof, id, key, at, campaign }), COOKIE_DAYS * 86_400);
    writtenFor = id;
    writtenAt = at;
  });

  // A start that names the domain asks the server for a proof of the visitor.
  plug.device = { ...plug.device, domain };
  take();
  keep();
  if (document.referrer && isWithin(domain, new URL(document.referrer).hostname)) plug.ledBy = "";

  addHook("event", () => keep());
  addHook("ack", () => keep());
  plug.leaving.push(() => keep(true));
  const { refuses, answered, consented } = plug;
  // Called for each event before it gets its session: if this host's session is over, another host may have continued it.
  plug.refuses = (event) => {
    if (Date.now() - (onHost().at ?? 0) >= SESSION_IDLE_MS) take();
    return refuses?.(event) ?? false;
  };
  plug.answered = (reply, call) => {
    answered?.(reply, call);
    const { visitor_id, visitor_proof } = reply;
    if (!visitor_id || !visitor_proof || !mayStore()) return;
    write(SHARED_KEY, `${visitor_id} ${visitor_proof}`);
    keep(true);
  };
  plug.consented = () => {
    consented?.();
    // After a refusal the visitor's id is forgotten, so that a later consent does not name them.
    if (isRefused()) plug.device = { ...plug.device, visitor_id: undefined, visitor_proof: undefined };
    else take();
    keep(true);
  };
}
