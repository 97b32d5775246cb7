import type { SessionRow } from "../api/types";
import { count, duration } from "../format";
import { SCORE_NAMES, SCORE_TITLES, Score } from "../parts/score";
import { lengthOf } from "../views/session-table";

/** The scores and figures of a session, above its tabs. */
export function SessionStats({ session }: { session: SessionRow }) {
  const figures = [
    ["Length", duration(lengthOf(session))],
    ["Engaged", duration(session.engaged_ms)],
    ["Pages", count(session.page_views)],
    ["Clicks", count(session.counts?.["click"] ?? 0)],
    ["Events", count(session.events)],
    ["Scrolled", `${Math.round(session.scroll_percent ?? 0)} %`],
  ] as const;
  return (
    <dl class="stats dense">
      {SCORE_NAMES.map((name) => (
        <div class="stat" key={name}>
          <dt>{SCORE_TITLES[name]}</dt>
          <dd>
            <Score name={name} value={session.scores[name]} />
          </dd>
        </div>
      ))}
      {figures.map(([title, value]) => (
        <div class="stat" key={title}>
          <dt>{title}</dt>
          <dd>
            <span class="stat-value">{value}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
