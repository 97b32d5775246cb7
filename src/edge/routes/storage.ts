import { rangeOf } from "../../core/api/analytics";
import { StorageQuery } from "../../core/api/storage";
import { dayOf } from "../../data/store/archive-days";
import { databaseBytes } from "../../data/store/database";
import { listRuns } from "../../data/store/retention";
import { DATABASE_MAX_BYTES, DATABASE_SHED_BYTES, RETENTION_DAYS } from "../../limits";
import { siteBudgets } from "../../ops/site-budgets";
import { storageDays } from "../../ops/storage";
import { invalidQuery } from "../../protocol/problem";
import { DAY_MS } from "../../time";
import { freshJson } from "../http/json";
import { keyed, requireAllSites } from "../http/keyed";
import { readQuery } from "../http/query";

/** Runs of retention in one answer: a month of nights. */
const RETENTION_RUNS_SHOWN = 30;
/** Days that one answer may cover. */
const STORAGE_MAX_DAYS = 400;

/** `GET /analytics/storage`: the archive's size by day, retention's runs, the database's size, and what sites spend. */
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
    const [budgets, bytes] = await Promise.all([siteBudgets(env), databaseBytes(env.DB)]);
    const data = {
      days,
      objects: sum("objects"),
      bytes: sum("bytes"),
      retention: { days: RETENTION_DAYS, runs },
      database: { bytes, archive_only_from_bytes: DATABASE_SHED_BYTES, max_bytes: DATABASE_MAX_BYTES },
      budgets,
    };
    return freshJson({ data });
  },
  "read",
  "inspect",
);
