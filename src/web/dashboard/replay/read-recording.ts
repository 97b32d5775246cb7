import { key } from "../key";
import type { PlayedEvent } from "../player/say";

/** A recording as it arrives, some thousand events at a time: a long one is never in one piece here. */
export async function* readRecording(session_id: string, signal: AbortSignal): AsyncGenerator<PlayedEvent[]> {
  const headers = { Authorization: `Bearer ${key.value ?? ""}`, Accept: "application/x-ndjson" };
  const response = await fetch(`/analytics/sessions/${session_id}/recording`, { headers, signal });
  if (!response.ok || !response.body) throw new Error(`The server answered ${response.status}.`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split("\n");
    rest = lines.pop() ?? "";
    if (lines.length > 0) yield lines.map((line) => JSON.parse(line) as PlayedEvent);
  }
  // Each line ends: what is left over was cut off on its way.
  if (rest !== "") throw new Error("The recording broke off.");
}
