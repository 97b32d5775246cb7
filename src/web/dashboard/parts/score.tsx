import type { Label, Scores } from "../api/types";
import { NOTHING } from "../format";

export const SCORE_NAMES = ["engagement", "bot", "vpn", "risk"] as const;
export const SCORE_TITLES = { engagement: "Engagement", bot: "Bot", vpn: "VPN", risk: "Risk" } as const;

/** A score as a number and a bar. A high engagement is good, a high value of the others is bad. */
export function Score({ name, value }: { name: keyof Scores; value: number | null | undefined }) {
  if (value == null) return <span class="score none">{NOTHING}</span>;
  return (
    <span class={`score ${name}`} title={`${SCORE_TITLES[name]} ${value} of 100`}>
      <span class="score-value">{value}</span>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="score-back" width="100" height="4" />
        <rect class="score-bar" width={value} height="4" />
      </svg>
    </span>
  );
}

const VERDICTS: Record<Label, string> = { human: "Human", suspect: "Suspect", bot: "Bot" };

export function Verdict({ label, bot }: { label: Label | null | undefined; bot?: string | null | undefined }) {
  if (!label) return <span class="soft">{NOTHING}</span>;
  return (
    <span class={`badge ${label}`} title={bot ? `Verified: ${bot}` : undefined}>
      {bot ?? VERDICTS[label]}
    </span>
  );
}
