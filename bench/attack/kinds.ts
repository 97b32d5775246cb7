// What an attack sends. An attack that `npm run cost -- --attack` prices too has the same name and sends the same.
import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { KINDS } from "../phases/attack.ts";
import type { Sent } from "./line.ts";

/** The request number n, from 0 on. */
type Next = (n: number) => Sent;

interface AttackSource {
  says: string;
  begin: (isSpread: boolean) => Next;
  /** Whether it is worth sending it from many addresses too. */
  spreads?: boolean;
}

export const SITE = "shop";
export const ORIGIN = "https://shop.example";
const PAGE = `${ORIGIN}/`;
const HEADERS = { Origin: ORIGIN, "Content-Type": "text/plain" };
/** Sessions that one address continues. */
const GONE_ON_WITH = 24;
const FAT = "x".repeat(2_400);

const post = (path: string, body: object): Sent => ({
  method: "POST",
  path,
  headers: HEADERS,
  body: JSON.stringify(body),
});

const batch = (session_id: string, first: number, more: object) =>
  post("/track/events/batch", { session_id, site: SITE, stream: "s", first, ...more });

const beginning = (events: object[], id: string = randomUUID()) =>
  batch(id, 1, { events, start: { page: PAGE, fingerprint_id: `f-${id}`, visitor_id: `v-${id}` } });

const CLICK = { event_type: "click" };

const starts = (): Next => () => beginning([CLICK]);

const heavy = (): Next => (n) =>
  beginning(Array.from({ length: 100 }, (_, i) => ({ event_type: `type.n${n * 100 + i}`, data: { text: FAT } })));

/** Begins sessions and continues them; from one address only a few. */
function goingOn(isSpread: boolean, next: (id: string, calls: number) => Sent): Next {
  const begun: { id: string; calls: number }[] = [];
  const most = isSpread ? Number.POSITIVE_INFINITY : GONE_ON_WITH;
  return (n) => {
    const known = begun[n % begun.length];
    if (!known || (begun.length < most && n % 2 === 0)) {
      const id = randomUUID();
      begun.push({ id, calls: 0 });
      return beginning([CLICK], id);
    }
    known.calls += 1;
    return next(known.id, known.calls);
  };
}

const calls = (isSpread: boolean) => goingOn(isSpread, (id, count) => batch(id, count + 1, { events: [CLICK] }));

const consent = (isSpread: boolean) =>
  goingOn(isSpread, (session_id, count) =>
    post("/track/session/start", {
      page: PAGE,
      session_id,
      site: SITE,
      consent: count % 2 === 0 ? "granted" : "denied",
    }),
  );

const unknown = (): Next => () => batch(randomUUID(), 1, { events: [CLICK] });

const MESSAGE = "x".repeat(1_000);

const leads = (): Next => (n) => post("/lead", { site: SITE, email: `n${n}@person.example`, message: MESSAGE });

const badLeads = (): Next => () => post("/lead", { site: SITE, message: MESSAGE });

/** The most text that a chunk may have, 4 MiB. Its gzip has 4 KB. */
const INFLATED_BYTES = 4 * 1024 * 1024 - 1;

function gzip(): Next {
  const body = gzipSync(Buffer.alloc(INFLATED_BYTES));
  return () => ({ method: "POST", path: "/track/recording", headers: HEADERS, body });
}

/** Just under the limit of a body. */
const DEEP = "[".repeat(256 * 1024 - 1);

const deep = (): Next => () => ({ method: "POST", path: "/track/events/batch", headers: HEADERS, body: DEEP });

const AGENT = `Version/${"1".repeat(60_000)}`;

const agent = (): Next => () => {
  const sent = beginning([CLICK]);
  return { ...sent, headers: { ...HEADERS, "User-Agent": AGENT } };
};

const UPGRADE = {
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "cHVsc2VnYXRlLWJlbmNoMQ==",
};

/** The attacker never closes them: the server has to. */
const sockets = (): Next => () => ({
  method: "GET",
  path: `/track/socket?session_id=${randomUUID()}&site=${SITE}`,
  headers: { Origin: ORIGIN, ...UPGRADE },
});

const keyless = (): Next => () => ({ method: "GET", path: "/analytics/overview?days=365" });

export const ATTACKS: Record<string, AttackSource> = {
  starts: { says: KINDS.starts, begin: starts, spreads: true },
  heavy: { says: KINDS.heavy, begin: heavy, spreads: true },
  calls: { says: KINDS.calls, begin: calls, spreads: true },
  unknown: { says: KINDS.unknown, begin: unknown },
  consent: { says: KINDS.consent, begin: consent },
  leads: { says: KINDS.leads, begin: leads },
  "bad-leads": { says: "leads without an email", begin: badLeads },
  gzip: { says: "recordings of 4 KB that become 4 MiB of zeros", begin: gzip },
  deep: { says: "256 KiB of brackets", begin: deep },
  agent: { says: "new sessions with a user agent of 60,000 digits", begin: agent },
  sockets: { says: "sockets that are opened and left silent", begin: sockets },
  keyless: { says: "questions to the analytics API without a key", begin: keyless },
};
