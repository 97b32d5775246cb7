import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import {
  afterDay,
  beforeDay,
  dayOf,
  dayOfKey,
  daysOfSession,
  deleteObjects,
  listObjects,
  sessionPrefixes,
} from "../../src/data/store/archive-days";

const bucket = env.TRACKING_R2;
const DAY_MS = 86_400_000;
/** Days that nothing else in these tests writes to. */
const FIRST = Date.UTC(2019, 1, 28);
const days = [FIRST, FIRST + DAY_MS, FIRST + 2 * DAY_MS] as const;
const [one, two, three] = ["a", "b", "c"].map((letter) => `${letter}0000000-0000-4000-8000-000000000000`) as [
  string,
  string,
  string,
];
const key = (day: string, id: string, file: string) => `sessions/2019/${day}/${id}/${file}`;

beforeAll(async () => {
  const keys = [
    key("02/28", two, "meta.json"),
    key("02/28", two, "events/1.json"),
    key("02/28", three, "meta.json"),
    key("03/01", one, "meta.json"),
    key("03/02", two, "meta.json"),
  ];
  for (const name of keys) await bucket.put(name, "{}");
});

describe("a day of the archive", () => {
  it("is that of its keys, in UTC", () => {
    expect(dayOf(FIRST)).toBe("2019-02-28");
    expect(dayOf(FIRST + DAY_MS - 1)).toBe("2019-02-28");
    expect(dayOfKey(key("02/28", one, "meta.json"))).toBe("2019-02-28");
    for (const other of ["sessions/2019/2/28/x", "x/sessions/2019/02/28/y", "sessions/2019/02/28", "lake/2019/02/28/x"])
      expect(dayOfKey(other), other).toBeNull();
  });

  it("has all of its keys between its bounds, and none of its neighbours'", () => {
    const own = key("02/28", `f${one.slice(1)}`, "meta.json");
    expect(beforeDay("2019-02-28") < own && own < afterDay("2019-02-28")).toBe(true);
    expect(key("02/27", `f${one.slice(1)}`, "meta.json") < beforeDay("2019-02-28")).toBe(true);
    expect(key("03/01", one, "meta.json") > afterDay("2019-02-28")).toBe(true);
  });
});

describe("the sessions of some days", () => {
  async function found(from: string, to: string, after: string | null) {
    const ids: string[] = [];
    for await (const { prefix, session_id } of sessionPrefixes(bucket, { from, to }, after)) {
      expect(prefix.endsWith(`/${session_id}/`)).toBe(true);
      ids.push(session_id.charAt(0));
    }
    return ids.join("");
  }
  const done = (day: string, id: string) => `sessions/2019/${day}/${id}/`;

  it.each([
    ["2019-02-28", "2019-03-02", "bcab"],
    ["2019-02-28", "2019-02-28", "bc"],
    ["2019-03-01", "2019-03-02", "ab"],
    ["2019-03-02", "2019-03-01", ""],
    ["2018-01-01", "2018-01-03", ""],
  ])("from %s to %s come by day, then by id", async (from, to, ids) => {
    expect(await found(from, to, null)).toBe(ids);
  });

  it("go on after the one that was done last, on its day and the days after it", async () => {
    expect(await found("2019-02-28", "2019-03-02", done("02/28", two))).toBe("cab");
    expect(await found("2019-02-28", "2019-03-02", done("02/28", three))).toBe("ab");
    expect(await found("2019-02-28", "2019-03-02", done("03/01", one))).toBe("b");
    expect(await found("2019-02-28", "2019-03-02", done("03/02", two))).toBe("");
  });
});

describe("a session's days", () => {
  it("are those on which something of it is there", async () => {
    expect(await daysOfSession(bucket, two, days)).toEqual([days[0], days[2]]);
    expect(await daysOfSession(bucket, one, days)).toEqual([days[1]]);
    expect(await daysOfSession(bucket, crypto.randomUUID(), days)).toEqual([]);
  });
});

describe("a listing", () => {
  it("of a day goes on where the page before it ended, and ends with the day", async () => {
    const first = await listObjects(bucket, null, 2, "2019-02-28");
    expect(first.objects.map((object) => object.key)).toEqual([
      key("02/28", two, "events/1.json"),
      key("02/28", two, "meta.json"),
    ]);
    expect(first.next).toBe(key("02/28", two, "meta.json"));
    const second = await listObjects(bucket, first.next, 2, "2019-02-28");
    expect(second).toMatchObject({ objects: [{ key: key("02/28", three, "meta.json") }], next: null });
  });

  it("of every day starts after a key, and what is deleted is not in it", async () => {
    const { objects } = await listObjects(bucket, beforeDay("2019-03-01"), 2);
    expect(objects.map((object) => object.key)).toEqual([
      key("03/01", one, "meta.json"),
      key("03/02", two, "meta.json"),
    ]);
    await deleteObjects(bucket, [key("03/02", two, "meta.json")]);
    expect((await listObjects(bucket, beforeDay("2019-03-01"), 2)).objects).toHaveLength(1);
  });
});
