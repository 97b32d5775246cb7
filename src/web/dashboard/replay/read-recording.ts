import { key } from "../key";
import type { PlayedEvent } from "../player/say";

/** Reads a recording in parts as it arrives, so that a long one is never in one string. */
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
  // Every line ends with a line break, so a rest means that the answer was cut off.
  if (rest !== "") throw new Error("The recording broke off.");
}
