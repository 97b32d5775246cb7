// @ts-check
// What the registry's findings come to beside the answers that are kept. Pure.

/**
 * @typedef {{ id: string, package: string, title: string, severity: string }} Finding
 * @typedef {{ id: string, package: string, reason: string, date: string }} Answer  `date`: when somebody looked, as YYYY-MM-DD.
 */

/** An answer is looked at again after so many days: what was out of reach may have come into it. */
export const ANSWER_DAYS = 180;
const DAY = 24 * 3_600_000;

/**
 * The advisories in what `npm audit --json` printed; null where that is no report.
 * @param {string} printed
 * @returns {Finding[] | null}
 */
export function findingsIn(printed) {
  const report = parsed(printed);
  const vulnerabilities = report?.["vulnerabilities"];
  if (typeof vulnerabilities !== "object" || vulnerabilities === null) return null;
  /** @type {Map<string, Finding>} */
  const found = new Map();
  for (const { via } of Object.values(vulnerabilities)) {
    // A text names another package that is vulnerable, which has an entry of its own.
    for (const one of via.filter((/** @type {unknown} */ by) => typeof by === "object")) {
      const id = /GHSA-[\w-]+/.exec(one.url)?.[0] ?? String(one.source);
      found.set(`${id} ${one.name}`, { id, package: one.name, title: one.title, severity: one.severity });
    }
  }
  return [...found.values()];
}

/** What it says instead of a report. @param {string} printed @returns {string | null} */
export function messageIn(printed) {
  const message = parsed(printed)?.["message"];
  return typeof message === "string" ? message : null;
}

/** @param {string} printed @returns {Record<string, any> | null} */
function parsed(printed) {
  try {
    return JSON.parse(printed);
  } catch {
    return null;
  }
}

/**
 * What is wrong, a line each.
 * @param {readonly Finding[]} findings
 * @param {readonly Answer[]} answers
 * @param {number} now  Epoch ms.
 */
export function faultsOf(findings, answers, now) {
  /** @param {{ id: string, package: string }} a @param {{ id: string, package: string }} b */
  const isSame = (a, b) => a.id === b.id && a.package === b.package;
  return [
    ...findings
      .filter((finding) => !answers.some((answer) => isSame(answer, finding)))
      .map(({ id, package: name, title, severity }) => `unanswered: ${id} (${severity}) in ${name}: ${title}`),
    ...answers.flatMap((answer) => {
      const { id, package: name, reason, date } = answer;
      const at = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(date) : Number.NaN;
      if (!reason?.trim() || Number.isNaN(at) || at > now)
        return [`not an answer: ${id} in ${name} needs a reason and a day.`];
      if (!findings.some((finding) => isSame(answer, finding)))
        return [`no longer found: ${id} in ${name}; take its answer away.`];
      return now - at > ANSWER_DAYS * DAY ? [`old: ${id} in ${name} was answered on ${date}; look at it again.`] : [];
    }),
  ];
}
