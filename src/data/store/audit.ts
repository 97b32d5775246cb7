import type { AuditEntry } from "../../core/api/keys";
import { cutPage } from "./page";

/** D1's `audit`: every use of `admin`, written down before it is done. No row names a visitor. */

export async function beginAudit(db: D1Database, entry: Omit<AuditEntry, "status">): Promise<void> {
  await db
    .prepare("INSERT INTO audit (at, audit_id, key_id, action, target) VALUES (?, ?, ?, ?, ?)")
    .bind(entry.at, entry.audit_id, entry.key_id, entry.action, entry.target)
    .run();
}

export async function endAudit(
  db: D1Database,
  { at, audit_id }: Pick<AuditEntry, "at" | "audit_id">,
  status: number,
): Promise<void> {
  await db.prepare("UPDATE audit SET status = ? WHERE at = ? AND audit_id = ?").bind(status, at, audit_id).run();
}

/** Newest first. */
export async function listAudit(
  db: D1Database,
  before: { at: number; audit_id: string } | null,
  limit: number,
): Promise<{ entries: AuditEntry[]; last: AuditEntry | null }> {
  const { results } = await db
    .prepare("SELECT * FROM audit WHERE (at, audit_id) < (?, ?) ORDER BY at DESC, audit_id DESC LIMIT ?")
    .bind(before?.at ?? Number.MAX_SAFE_INTEGER, before?.audit_id ?? "", limit + 1)
    .all<AuditEntry>();
  const { page, last } = cutPage(results, limit);
  return { entries: page, last };
}

/** Deletes entries older than `before`, and returns how many. */
export async function expireAudit(db: D1Database, before: number): Promise<number> {
  const { meta } = await db.prepare("DELETE FROM audit WHERE at < ?").bind(before).run();
  return meta.changes;
}
