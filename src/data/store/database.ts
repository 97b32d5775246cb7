/** The size of a database, bytes; null where D1 does not say. */
export async function databaseBytes(db: D1Database): Promise<number | null> {
  const { meta } = await db.prepare("SELECT 1").run();
  return meta.size_after ?? null;
}
