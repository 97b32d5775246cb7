import { effect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { SLOW_MS } from "../limits";
import { Notice, Waiting } from "../parts/states";
import type { FromPlayer, PlayedEvent, ToPlayer } from "../player/say";
import type { Clock } from "./clock";
import { readRecording } from "./read-recording";
import type { RecordedProps } from "./recorded-props";

type State = "asking" | "slow" | "none" | "failed" | "there";

/** Reads a session's recording; the player takes `events` once `state` is "there". */
function useRecording(session_id: string): { state: State; events: PlayedEvent[][] } {
  const [state, setState] = useState<State>("asking");
  const events = useRef<PlayedEvent[][]>([]);
  useEffect(() => {
    const stop = new AbortController();
    const slow = setTimeout(() => setState("slow"), SLOW_MS);
    const read = async (): Promise<State> => {
      events.current = [];
      for await (const part of readRecording(session_id, stop.signal)) events.current.push(part);
      return events.current.length > 0 ? "there" : "none";
    };
    read()
      .catch((): State => "failed")
      .then((now) => {
        clearTimeout(slow);
        if (!stop.signal.aborted) setState(now);
      });
    return () => {
      clearTimeout(slow);
      stop.abort();
    };
  }, [session_id]);
  return { state, events: events.current };
}

/** Sends the events to the player's document once it listens, then every moment of the clock. */
function usePlayer(events: PlayedEvent[][], clock: Clock) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [stage, setStage] = useState<"empty" | "set" | "shown">("empty");
  useEffect(() => {
    const hear = ({ data, origin, source }: MessageEvent<FromPlayer>): void => {
      if (origin !== location.origin || source !== frame.current?.contentWindow) return;
      if (data.say === "shown") setStage("shown");
      else {
        for (const part of events.splice(0)) tell(frame.current, { say: "events", events: part });
        tell(frame.current, { say: "whole" });
        setStage("set");
      }
    };
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  }, [events]);
  const isSet = stage !== "empty";
  useEffect(() => {
    if (!isSet) return;
    return effect(() => {
      const [now, playing, speed] = [clock.now.value, clock.playing.value, clock.speed.value];
      // The last log event may still have changed the page, so the end of the log shows the end of the recording.
      const at = now >= clock.to ? Number.MAX_SAFE_INTEGER : now;
      tell(frame.current, { say: "moment", at, playing, speed });
    });
  }, [clock, isSet]);
  return { frame, isShown: stage === "shown" };
}

const tell = (frame: HTMLIFrameElement | null, what: ToPlayer): void =>
  frame?.contentWindow?.postMessage(what, location.origin);

function Player({ events, clock }: { events: PlayedEvent[][]; clock: Clock }) {
  const { frame, isShown } = usePlayer(events, clock);
  return (
    <section class="recorded" aria-label="The page as it was seen">
      <iframe ref={frame} src="/player" title="The page as it was seen" data-shown={isShown} />
    </section>
  );
}

/** The page as its visitor saw it, in step with the event log; nothing if the session was not recorded. */
export default function Recording({ session_id, clock }: RecordedProps) {
  const { state, events } = useRecording(session_id);
  if (state === "there") return <Player events={events} clock={clock} />;
  if (state === "slow") return <Waiting />;
  if (state === "failed") return <Notice title="The recording could not be loaded">The event log is below.</Notice>;
  return null;
}
