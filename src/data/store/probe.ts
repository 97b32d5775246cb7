/** One harmless call on each store, for the deep health check. */

export const probeDatabase = (db: D1Database): Promise<unknown> =>
  db.prepare("SELECT count(*) FROM (SELECT 1 FROM sessions LIMIT 1)").first();

export const probeCounters = (kv: KVNamespace): Promise<unknown> => kv.get("health");

export const probeArchive = (bucket: R2Bucket): Promise<unknown> => bucket.head("health");
