import type { SessionRow } from "../api/types";
import { Lazy, type Load } from "../lazy";
import { Copy } from "../parts/copy";
import { Panel } from "../parts/panel";
import { Verdict } from "../parts/score";
import { Failure, Notice, Waiting } from "../parts/states";
import { Tabs } from "../parts/tabs";
import { Time } from "../parts/time";
import { href, place } from "../place";
import type { ReplayProps } from "../replay/replay";
import { Activity } from "../session/activity";
import { ActorFacts, CompletenessFacts, DeviceFacts, IdentityFacts, NetworkFacts } from "../session/facts";
import { Ledger } from "../session/ledger";
import { SessionStats } from "../session/stats";
import { useSession, type Watched } from "../session/use-session";

const TABS = [
  ["activity", "Activity"],
  ["replay", "Replay"],
  ["facts", "Identity, network, completeness"],
] as const;

const loadReplay: Load<ReplayProps> = () => import("../replay/replay");

const STREAM_WORDS = {
  off: "",
  connecting: "Connecting",
  live: "Live",
  broken: "Connecting again",
  missing: "Not live",
} as const;

function Head({ session, watched }: { session: SessionRow; watched: Watched }) {
  const { live, stream } = watched;
  return (
    <header class="session-head">
      <p class="soft">
        <a href={href("sessions")}>Sessions</a> / {session.site}
      </p>
      <h1>
        <span class="long-id">{session.session_id}</span> <Copy text={session.session_id} what="session id" />
      </h1>
      <p class="head-line">
        <Verdict label={session.label} bot={session.verified_bot} />
        {live && !live.ended && <span class={`badge stream-${stream}`}>{STREAM_WORDS[stream]}</span>}
        <span>
          Started <Time at={session.started_at} />
        </span>
        <a href={href("leads", null, { session_id: session.session_id, range: "90d" })}>Its leads</a>
        <span>
          {session.ended_at === null ? (
            <>
              last event <Time at={session.last_event_at} />
            </>
          ) : (
            <>
              ended <Time at={session.ended_at} />
            </>
          )}
        </span>
      </p>
    </header>
  );
}

function Body({ session, watched }: { session: SessionRow; watched: Watched }) {
  const { log, live } = watched;
  const tab = place.value.params["tab"] ?? "activity";
  const entries = log?.entries ?? [];
  if (tab === "facts") {
    return (
      <>
        <div class="columns">
          <IdentityFacts session={session} />
          <NetworkFacts session={session} />
          <DeviceFacts session={session} />
          {live && <ActorFacts live={live} />}
        </div>
        <CompletenessFacts session={session} />
      </>
    );
  }
  if (tab === "replay") {
    return log ? <Lazy load={loadReplay} title="The replay" props={{ session, log }} /> : null;
  }
  return (
    <>
      <Panel title="Ledger">
        <Ledger session={session} />
      </Panel>
      <Panel title="What happened">
        <Activity entries={entries} ledger={session.ledger ?? []} startedAt={session.started_at} />
      </Panel>
    </>
  );
}

export default function SessionView() {
  const id = place.value.id ?? "";
  const watched = useSession(id);
  const { session, error, isSlow, reload } = watched;
  if (!session) {
    if (error?.status === 404) return <Notice title="There is no such session">It may have been deleted.</Notice>;
    if (error) return <Failure error={error} onRetry={reload} />;
    return isSlow ? <Waiting /> : null;
  }
  return (
    <>
      <Head session={session} watched={watched} />
      <SessionStats session={session} />
      <Tabs name="tab" tabs={TABS} label="Parts of the session" />
      <Body session={session} watched={watched} />
    </>
  );
}
