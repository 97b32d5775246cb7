import { keyed, requireAllSites } from "../http/keyed";
import { invalidQuery } from "../http/problem";
import { readQuery } from "../http/query";
import { RETENTION_DAYS, RETENTION_RUNS_SHOWN, STORAGE_MAX_DAYS } from "../limits";
import { storageDays } from "../ops/storage";
import { rangeOf } from "../protocol/analytics";
import { StorageQuery } from "../protocol/storage";
import { dayOf } from "../store/archive-days";
import { listRuns } from "../store/retention";

const DAY_MS = 86_400_000;

/** `GET /analytics/storage`: what the archive holds, by day, and what retention has done. */
export const getStorage = keyed(
  async (context) => {
    requireAllSites(context.caller);
    const query = readQuery(StorageQuery, context);
    const { env } = context;
    const now = Date.now();
    const { from, to } = rangeOf(query, now);
    if (from >= to) throw invalidQuery("from", "must be before to");
    if (to - from > STORAGE_MAX_DAYS * DAY_MS) {
      throw invalidQuery("from", `a report covers at most ${STORAGE_MAX_DAYS} days`);
    }
    const days = await storageDays(env, dayOf(from), dayOf(to - 1), now);
    const sum = (field: "objects" | "bytes") => days.reduce((total, day) => total + day[field], 0);
    const runs = await listRuns(env.DB, RETENTION_RUNS_SHOWN);
    const data = { days, objects: sum("objects"), bytes: sum("bytes"), retention: { days: RETENTION_DAYS, runs } };
    return Response.json({ data }, { headers: { "Cache-Control": "no-store" } });
  },
  "read",
  "inspect",
);
