// Compares the registry's findings with the answers that are kept. Pure.

interface Finding {
  id: string;
  package: string;
  title: string;
  severity: string;
}

interface Answer {
  id: string;
  package: string;
  reason: string;
  /** When somebody looked, as YYYY-MM-DD. */
  date: string;
}

/** An answer has to be looked at again after so many days: by then the project may use what is vulnerable. */
export const ANSWER_DAYS = 180;
const DAY = 24 * 3_600_000;

/** The advisories in what `npm audit --json` printed; null if that is no report. */
export function findingsIn(printed: string): Finding[] | null {
  const vulnerabilities = parsed(printed)?.vulnerabilities;
  if (typeof vulnerabilities !== "object" || vulnerabilities === null) return null;
  const found = new Map<string, Finding>();
  for (const { via } of Object.values(vulnerabilities)) {
    for (const one of via) {
      // A text names another vulnerable package, which has an entry of its own.
      if (typeof one === "string") continue;
      const id = /GHSA-[\w-]+/.exec(one.url)?.[0] ?? String(one.source);
      found.set(`${id} ${one.name}`, { id, package: one.name, title: one.title, severity: one.severity });
    }
  }
  return [...found.values()];
}

/** The message that it prints instead of a report; null if there is none. */
export function messageIn(printed: string): string | null {
  const message = parsed(printed)?.message;
  return typeof message === "string" ? message : null;
}

/** What `npm audit --json` prints, as far as it is read: vulnerabilities by package, or why there is no report. */
interface AuditReport {
  vulnerabilities?: Record<string, { via: (string | Advisory)[] }>;
  message?: string;
}

interface Advisory {
  source: number;
  url: string;
  /** The package's name. */
  name: string;
  title: string;
  severity: string;
}

function parsed(printed: string): AuditReport | null {
  try {
    return JSON.parse(printed);
  } catch {
    return null;
  }
}

/**
 * What is wrong, a line each.
 * @param now Epoch ms.
 */
export function faultsOf(findings: readonly Finding[], answers: readonly Answer[], now: number) {
  const isSame = (a: { id: string; package: string }, b: { id: string; package: string }) =>
    a.id === b.id && a.package === b.package;
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
