import { type ReadonlySignal, useComputed } from "@preact/signals";
import type { Entry } from "../../../core/session/entry";
import type { Firing } from "../api/types";
import { clock as clockText } from "../format";
import { Panel } from "../parts/panel";
import { SCORE_NAMES, SCORE_TITLES, Score, Verdict } from "../parts/score";
import { describe } from "../session/describe";
import type { Clock } from "./clock";
import { lastAt, type Scene } from "./scene";
import type { ScoreStep } from "./scores";

/** Entries shown up to the moment. */
const NEAR = 7;
const FIELDS = 6;

/** The scores at the moment. */
export function ScoresNow({ steps, now }: { steps: readonly ScoreStep[]; now: ReadonlySignal<number> }) {
  const index = useComputed(() => lastAt(steps, now.value));
  const step = steps[index.value] ?? steps[0];
  return (
    <dl class="stats dense scores-now">
      {SCORE_NAMES.map((name) => (
        <div class="stat" key={name}>
          <dt>{SCORE_TITLES[name]}</dt>
          <dd>
            <Score name={name} value={step?.scores[name]} />
          </dd>
        </div>
      ))}
      <div class="stat">
        <dt>Verdict</dt>
        <dd>
          <Verdict label={step?.label} />
        </dd>
      </div>
    </dl>
  );
}

/** The ledger; a click on a line goes to the moment its rule fired. */
export function Fired({ ledger, clock }: { ledger: readonly Firing[]; clock: Clock }) {
  const sorted = ledger.toSorted((a, b) => a.at - b.at);
  const count = useComputed(() => lastAt(sorted, clock.now.value) + 1);
  return (
    <Panel title={`Rules that fired (${count.value} of ${sorted.length} by now)`}>
      {sorted.length === 0 && <p class="soft">None</p>}
      <ol class="fired-list">
        {sorted.map(({ rule, score, points, at, seq, evidence }, i) => (
          <li key={`${rule} ${seq}`}>
            <button
              type="button"
              class={i < count.value ? "plain" : "plain still"}
              title={evidence}
              onClick={() => clock.seek(at)}
            >
              <span class="number">{clockText(at - clock.from)}</span>
              <span class={`fired ${score}`}>
                {SCORE_TITLES[score]} {points > 0 ? `+${points}` : "0"}
              </span>
              <span class="fired-rule">{rule}</span>
            </button>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

/** The last entries before the moment, newest first. */
export function Near({ entries, clock }: { entries: readonly Entry[]; clock: Clock }) {
  const index = useComputed(() => lastAt(entries, clock.now.value));
  const near = entries.slice(Math.max(0, index.value + 1 - NEAR), index.value + 1).reverse();
  return (
    <Panel title="What has just happened">
      <ol class="near">
        {near.map((entry) => {
          const { title, detail } = describe(entry);
          return (
            <li key={entry.seq}>
              <span class="number soft">{clockText(entry.at - clock.from)}</span>
              <span class="near-text" title={detail}>
                <strong>{title}</strong> <span class="soft">{detail}</span>
              </span>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}

/** Form fields touched up to the moment. What was typed is never recorded. */
export function Fields({ scene, clock }: { scene: Scene; clock: Clock }) {
  const index = useComputed(() => lastAt(scene.fields, clock.now.value));
  const acts = scene.fields.slice(Math.max(0, index.value + 1 - FIELDS), index.value + 1).reverse();
  if (scene.fields.length === 0) return null;
  return (
    <Panel title="Form fields">
      {acts.length === 0 && <p class="soft">None touched yet</p>}
      <ol class="near">
        {acts.map(({ at, form, field, what, detail }) => (
          <li key={`${at} ${form} ${field} ${what}`}>
            <span class="number soft">{clockText(at - clock.from)}</span>
            <span class="near-text">
              <strong>{field ? `${form} / ${field}` : form}</strong> {what} <span class="soft">{detail}</span>
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
