import { useEffect } from "preact/hooks";
import { useAnswer } from "../api/answer";
import { withQuery } from "../api/client";
import type { List, One, Presence, Scripted, SessionRow, SiteRow } from "../api/types";
import { LIVE_REFRESH_MS } from "../limits";
import { Copy } from "../parts/copy";
import { Shown } from "../parts/states";
import { href } from "../place";
import { site } from "../range";
import { tagOf } from "../settings/tag";

const FOREVER = "/analytics/sessions?limit=1&from=0";

/** Whether no session has ever come in. Not asked again once one has. */
export function useIsFirstRun(): boolean {
  const { data } = useAnswer<List<SessionRow>>(() => FOREVER, "ever");
  return data !== null && data.data.length === 0;
}

/** The tag to paste, and a wait for the first event. */
export function FirstRun() {
  // The roster has a session from its first event, the database only after its first flush.
  const present = (): string => withQuery("/analytics/realtime", { site: site.value, bots: "include", limit: 1 });
  const { data } = useAnswer<One<{ sessions: Presence[] }>>(present, "first event", { every: LIVE_REFRESH_MS / 2 });
  const [first] = data?.data.sessions ?? [];
  const name = site.value || "default";
  const sites = useAnswer<List<SiteRow> & Scripted>(() => "/analytics/sites", "sites");
  useEffect(() => {
    if (first) location.hash = href("session", first.session_id);
  }, [first]);
  return (
    <div class="first-run">
      <h1>Nothing has come in yet</h1>
      <p>Paste this tag into the pages you want to see here, anywhere in the head:</p>
      <Shown of={sites}>
        {({ script_path }) => (
          <pre>
            <code>{tagOf(name, script_path)}</code>
            <Copy text={tagOf(name, script_path)} what="tag" />
          </pre>
        )}
      </Shown>
      <p>
        The site must allow the origin of those pages: <a href={href("site", name)}>settings of {name}</a>.
      </p>
      <p class="waits" role="status">
        <span class="pulse" aria-hidden="true" /> Waiting for the first event. This page goes on by itself.
      </p>
    </div>
  );
}
