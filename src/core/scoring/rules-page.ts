import { BAND_FLOORS, BOT_FROM, SCORES, type ScoreName, SUSPECT_FROM } from "./ledger";
import { whyOf } from "./needs";
import type { Rule } from "./rule";
import { BOT_LAYERS, RULES, RULES_VERSION, ruleSet } from "./ruleset";

/** docs/rules.md, from the rules themselves. `npm run docs:rules` writes it, and a test fails when it is stale. */

const ABOUT: Record<ScoreName, string> = {
  engagement: `How much a visitor does. Bands: ${bands()}.`,
  bot: `Is this automated? From ${SUSPECT_FROM} on the verdict is \`suspect\`, from ${BOT_FROM} on \`bot\`. All layers are asked before there is a verdict.`,
  vpn: "Does the connection hide where the visitor is? Relays and corporate proxies are named, and convict nobody.",
  risk: "Is this lead a fraud?",
};

function bands(): string {
  return BAND_FLOORS.map(([band, from], i) => {
    const next = BAND_FLOORS[i + 1];
    return `${from}-${next ? next[1] - 1 : 100} ${band}`;
  }).join(", ");
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function line({ id, points, class: kind, shadow, version, about, needs = [], source, example }: Rule): string {
  const counts = shadow ? `${kind}, in shadow` : kind;
  const wants = needs.length > 0 ? ` Abstains where ${needs.map(whyOf).join(", or ")}.` : "";
  return `| \`${id}\` | ${points} | ${counts} | ${version} | ${cell(about + wants)} | ${cell(source)} | ${cell(example)} |`;
}

const table = (rules: readonly Rule[]): string =>
  [
    "| rule | points | class | since | what it looks for | source | example |",
    "|---|--:|---|--:|---|---|---|",
    ...rules.map(line),
  ].join("\n");

function section(score: ScoreName, rules: readonly Rule[]): string {
  const title = `## ${score === "vpn" ? "VPN" : score[0]?.toUpperCase() + score.slice(1)}\n\n${ABOUT[score]}`;
  const own = rules.filter((rule) => rule.score === score);
  if (score !== "bot") return `${title}\n\n${table(own)}`;
  const layers = Object.entries(BOT_LAYERS).map(
    ([name, layer]) => `### Layer: ${name}\n\n${table(own.filter((rule) => layer.includes(rule)))}`,
  );
  return [title, ...layers].join("\n\n");
}

export function rulesPage(): string {
  const { rules } = ruleSet(RULES_VERSION);
  const retired = RULES.filter((rule) => !rules.includes(rule));
  return `# The rules

Written by \`npm run docs:rules\` from \`src/core/scoring/\`: change the rules, not this page. Rules version ${RULES_VERSION}, ${rules.length} rules.
A score is the sum of its rules' points, from 0 to 100. A \`convicting\` rule opens a case, a \`supporting\` one only adds to
an open one: alone it stands in the ledger with 0 points. How to add a rule: [scoring.md](scoring.md).

${SCORES.map((score) => section(score, rules)).join("\n\n")}
${retired.length > 0 ? `\n## Rules of earlier versions\n\nSessions that began with them keep them.\n\n${table(retired)}\n` : ""}`;
}
