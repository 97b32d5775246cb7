import type { SessionRow } from "../api/types";

/** Sums over the sample's rows. Pure. */

export interface Losses {
  received: number;
  missing: number;
  rejected: number;
  gone: number;
  late: number;
  quarantined: number;
  shed: number;
}

export function lossesOf(rows: readonly SessionRow[]): Losses {
  const sums: Losses = { received: 0, missing: 0, rejected: 0, gone: 0, late: 0, quarantined: 0, shed: 0 };
  for (const { completeness, late = 0, quarantined = 0, shed = 0 } of rows) {
    sums.received += completeness?.received ?? 0;
    sums.missing += completeness?.missing ?? 0;
    sums.rejected += completeness?.rejected ?? 0;
    sums.gone += completeness?.gone ?? 0;
    sums.late += late;
    sums.quarantined += quarantined;
    sums.shed += shed;
  }
  return sums;
}

/** Sessions with missing events, most first. */
export const incomplete = (rows: readonly SessionRow[]): SessionRow[] =>
  rows
    .filter(({ completeness }) => (completeness?.missing ?? 0) > 0)
    .sort((a, b) => (b.completeness?.missing ?? 0) - (a.completeness?.missing ?? 0))
    .slice(0, 20);
