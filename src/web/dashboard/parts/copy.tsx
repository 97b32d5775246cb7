import { useState } from "preact/hooks";
import { SAID_MS } from "../limits";

/** A button that copies a text, then shows that it did. */
export function Copy({ text, what = "id" }: { text: string; what?: string }) {
  const [said, setSaid] = useState<string | null>(null);
  const say = (word: string): void => {
    setSaid(word);
    setTimeout(() => setSaid(null), SAID_MS);
  };
  const copy = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
    navigator.clipboard.writeText(text).then(
      () => say("Copied"),
      () => say("Not allowed"),
    );
  };
  return (
    <button type="button" class="copy" onClick={copy} aria-label={said ?? `Copy ${what}`} title={`Copy ${what}`}>
      <span aria-live="polite">{said ?? "Copy"}</span>
    </button>
  );
}

/** An id: its first letters, the whole of it on hover, and a button that copies it. */
export function Id({ id, link, what = "id" }: { id: string; link?: string; what?: string }) {
  const short = id.length > 14 ? `${id.slice(0, 8)}…` : id;
  return (
    <span class="id">
      {link ? (
        <a href={link} title={id}>
          {short}
        </a>
      ) : (
        <span title={id}>{short}</span>
      )}
      <Copy text={id} what={what} />
    </span>
  );
}
