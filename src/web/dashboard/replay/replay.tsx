import { useEffect, useMemo, useState } from "preact/hooks";
import type { SessionRow } from "../api/types";
import { clock as clockText } from "../format";
import { Lazy } from "../lazy";
import { Choice } from "../parts/field";
import { Notice } from "../parts/states";
import { place, setParams } from "../place";
import type { Log } from "../session/log";
import { Fields, Fired, Near, ScoresNow } from "./beside";
import { type Clock, createClock, pausesOf } from "./clock";
import { useKeys, useTicking } from "./playing";
import { loadRecorded } from "./recorded";
import { sceneOf } from "./scene";
import { scoresOver } from "./scores";
import { Stage } from "./stage";
import { Track } from "./track";

const SPEEDS = ["0.5", "1", "2", "4", "8", "16"].map((speed) => [speed, `${speed} ×`] as const);

function Controls({ clock }: { clock: Clock }) {
  const isPlaying = clock.playing.value;
  const toggle = (): void => {
    if (clock.now.value >= clock.to) clock.seek(clock.from);
    clock.playing.value = !isPlaying;
  };
  return (
    <div class="controls">
      <button type="button" class="primary" onClick={toggle} aria-keyshortcuts="Space">
        {isPlaying ? "Pause" : "Play"}
      </button>
      <span class="number">
        {clockText(clock.now.value - clock.from)} / {clockText(clock.to - clock.from)}
      </span>
      <Choice
        label="Speed"
        value={String(clock.speed.value)}
        options={SPEEDS}
        onChange={(speed) => setParams({ speed }, { replace: true })}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={clock.skipsIdle.value}
          onChange={({ currentTarget }) => setParams({ idle: currentTarget.checked ? "" : "1" }, { replace: true })}
        />
        Skip idle
      </label>
    </div>
  );
}

/** Keeps moment, speed and idle in step with the URL; the moment is written there while paused. */
function useUrl(clock: Clock): void {
  const { t, speed = "1", idle } = place.value.params;
  useEffect(() => {
    clock.speed.value = SPEEDS.some(([known]) => known === speed) ? Number(speed) : 1;
    clock.skipsIdle.value = idle !== "1";
  }, [clock, speed, idle]);
  useEffect(() => {
    const at = clock.from + Number(t) * 1_000;
    if (t !== undefined && Number.isFinite(at) && Math.abs(at - clock.now.value) > 100) clock.seek(at);
  }, [clock, t]);
  const isPlaying = clock.playing.value;
  const seconds = isPlaying ? null : ((clock.now.value - clock.from) / 1_000).toFixed(1);
  useEffect(() => {
    if (seconds === null || seconds === (t ?? "0.0")) return;
    // A drag along the time line is written once, at its end.
    const later = setTimeout(() => setParams({ t: seconds === "0.0" ? "" : seconds }, { replace: true }), 250);
    return () => clearTimeout(later);
  }, [seconds]);
}

function Player({ session, log }: { session: SessionRow; log: Log }) {
  const { entries, isWhole } = log;
  const ledger = session.ledger ?? [];
  const scene = useMemo(() => sceneOf(entries), [entries]);
  const clock = useMemo(() => createClock(scene.from, scene.to, pausesOf(scene.moments, scene.to)), [scene]);
  const steps = useMemo(() => scoresOver(entries, ledger, isWhole), [entries, isWhole]);
  useTicking(clock);
  useKeys(clock);
  useUrl(clock);
  return (
    <div class="replay">
      <ScoresNow steps={steps} now={clock.now} />
      {loadRecorded && (
        <Lazy load={loadRecorded} title="The recording" props={{ session_id: session.session_id, clock }} />
      )}
      <div class="replay-main">
        <Stage scene={scene} now={clock.now} />
        <Track scene={scene} clock={clock} entries={entries} ledger={ledger} />
        <Controls clock={clock} />
      </div>
      <div class="replay-side">
        <Fired ledger={ledger} clock={clock} />
        <Near entries={entries} clock={clock} />
        <Fields scene={scene} clock={clock} />
      </div>
      {!isWhole && <p class="soft note">The archive has no log of this session: its events are from the database.</p>}
    </div>
  );
}

export interface ReplayProps {
  session: SessionRow;
  log: Log;
}

/** Replays a session's log. New entries wait for a click, because they would change the time line. */
export default function Replay({ session, log }: ReplayProps) {
  const [shown, setShown] = useState(log);
  const news = log.entries.length - shown.entries.length;
  if (shown.entries.length === 0 && news === 0) return <Notice title="There is nothing to replay yet" />;
  return (
    <>
      {news > 0 && (
        <p class="stale" role="status">
          {news} newer entries.{" "}
          <button type="button" class="plain" onClick={() => setShown(log)}>
            Add them
          </button>
        </p>
      )}
      {shown.entries.length > 0 && <Player session={session} log={shown} />}
    </>
  );
}
