import type { LiveView, SessionRow } from "../api/types";
import { channelTitle } from "../breakdown/channels";
import { count, country, duration, NOTHING, percent } from "../format";
import { Copy, Id } from "../parts/copy";
import { Facts, Panel } from "../parts/panel";
import { Notice } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Time } from "../parts/time";
import { href } from "../place";

const yes = (value: boolean | undefined): string => (value === undefined ? NOTHING : value ? "yes" : "no");

/** Somebody else may have sent the session: an export lists it apart, and an erasure only removes the visitor's id from it. */
const Unproven = () => (
  <span class="badge warn" title="It names this visitor, and has not shown that it is them: anybody may have sent it">
    unproven
  </span>
);

export function IdentityFacts({ session }: { session: SessionRow }) {
  const { visitor_id, unproven, fingerprint_id, ip, device_id, traits = {}, identity, consent } = session;
  const sessions = href("sessions", null, visitor_id ? { visitor_id } : {});
  const traitRows = Object.entries(traits).map(([name, value]) => [name, JSON.stringify(value)] as const);
  return (
    <Panel title="Identity" aside={fingerprint_id && <a href={href("identity", fingerprint_id)}>Network</a>}>
      <Facts
        of={[
          ["Consent", consent ?? NOTHING],
          [
            "Visitor",
            visitor_id ? (
              <>
                <Id id={visitor_id} link={sessions} what="visitor id" /> {unproven && <Unproven />}
              </>
            ) : (
              NOTHING
            ),
          ],
          [
            "Fingerprint",
            fingerprint_id ? (
              <Id id={fingerprint_id} link={href("fingerprint", fingerprint_id)} what="fingerprint id" />
            ) : (
              NOTHING
            ),
          ],
          ["Device", device_id ? <Id id={device_id} what="device id" /> : NOTHING],
          ["Address", ip ?? NOTHING],
          ["Sessions of the fingerprint, 24 h", count(identity?.fingerprint?.sessions)],
          ["Sessions of the address, 24 h", count(identity?.address?.sessions)],
          ...traitRows,
        ]}
      />
    </Panel>
  );
}

export function NetworkFacts({ session }: { session: SessionRow }) {
  const { network, asn, network_changes, country: code } = session;
  return (
    <Panel title="Network">
      <Facts
        of={[
          ["Country", country(network?.country ?? code)],
          ["Region", network?.region ?? NOTHING],
          ["ASN", asn === null ? NOTHING : String(asn)],
          ["Kind of network", network?.asn_class ?? NOTHING],
          ["Provider", network?.provider ?? NOTHING],
          ["Data centre", network?.colo ?? NOTHING],
          ["Protocol", network?.protocol ?? NOTHING],
          ["Round trip", network?.rtt_ms == null ? NOTHING : duration(network.rtt_ms)],
          ["Changes", count(network_changes)],
        ]}
      />
    </Panel>
  );
}

/** The bot's name, its purpose, and whether the edge has verified it. */
const botOf = ({ bot_name, bot_kind, bot_proof }: SessionRow): string =>
  bot_proof ? [bot_name, bot_kind, bot_proof].filter(Boolean).join(", ") : NOTHING;

export function DeviceFacts({ session }: { session: SessionRow }) {
  const { device, screen, referrer, entry_page, exit_page } = session;
  const agent = device?.user_agent;
  return (
    <Panel title="Device and way in">
      <Facts
        of={[
          [
            "User agent",
            agent ? (
              <>
                {agent} <Copy text={agent} what="user agent" />
              </>
            ) : (
              NOTHING
            ),
          ],
          ["Device", session.device_class ?? NOTHING],
          ["Browser", session.browser ?? NOTHING],
          ["System", session.os ?? NOTHING],
          ["Bot", botOf(session)],
          ["Language", device?.language ?? NOTHING],
          ["Time zone", device?.timezone ?? NOTHING],
          ["Screen", screen?.width ? `${screen.width} × ${screen.height}` : NOTHING],
          ["Source", session.source ?? NOTHING],
          ["Channel", session.channel ? channelTitle(session.channel) : NOTHING],
          ["Campaign", session.campaign ?? NOTHING],
          ["Referrer", referrer ?? NOTHING],
          ["Entry page", entry_page ?? NOTHING],
          ["Exit page", exit_page ?? NOTHING],
        ]}
      />
    </Panel>
  );
}

type StreamRow = NonNullable<SessionRow["completeness"]>["streams"][number];

const STREAMS: readonly Column<StreamRow>[] = [
  {
    title: "Stream",
    cell: ({ stream, implausible }) => (implausible ? `${stream} (implausible: in no sum)` : stream),
    text: ({ stream }) => stream,
    isWide: true,
  },
  { title: "Expected", cell: ({ expected }) => count(expected), text: ({ expected }) => expected, isNumber: true },
  { title: "Received", cell: ({ received }) => count(received), text: ({ received }) => received, isNumber: true },
  { title: "Missing", cell: ({ missing }) => count(missing), text: ({ missing }) => missing, isNumber: true },
  { title: "Refused", cell: ({ rejected }) => count(rejected), text: ({ rejected }) => rejected, isNumber: true },
  { title: "Dropped", cell: ({ gone }) => count(gone), text: ({ gone }) => gone, isNumber: true },
];

export function CompletenessFacts({ session }: { session: SessionRow }) {
  const { completeness, late, quarantined, shed = 0, events_in } = session;
  if (!completeness) return null;
  const { received, expected, streams } = completeness;
  return (
    <Panel title="Completeness">
      <p>
        {count(received)} of {count(expected)} numbered events arrived
        {expected > 0 && ` (${percent(received / expected)})`}. Late: {count(late)}. Set aside: {count(quarantined)}.
        {shed > 0 && ` In the archive only: ${count(shed)}.`}
        {events_in === "archive" && " The archive alone has its events."}
      </p>
      <Table
        name="Streams"
        columns={STREAMS}
        rows={streams}
        id={({ stream }) => stream}
        empty={<Notice title="Its sender numbers nothing">What was lost on the way cannot be told.</Notice>}
      />
    </Panel>
  );
}

export function ActorFacts({ live }: { live: LiveView }) {
  const { actor, velocity, visible } = live;
  return (
    <Panel title="Actor">
      <Facts
        of={[
          ["Page is visible", yes(visible)],
          ["Events in 10 s", count(velocity.overall.last_10s)],
          ["In the journal", count(actor.journal_depth)],
          ["Woken", count(actor.wakes)],
          ["Followed by", count(actor.watchers)],
          ["Next alarm", <Time key="alarm" at={actor.next_alarm_at} />],
          ["D1's last error", actor.last_flush_error.d1 ?? "none"],
          ["R2's last error", actor.last_flush_error.r2 ?? "none"],
        ]}
      />
    </Panel>
  );
}
