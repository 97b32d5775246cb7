import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { FEATURES, weigh } from "../../scripts/size/features.ts";

const folders = ["src/web/tracker", "src/core/privacy"];
const modules = folders.flatMap((folder) =>
  readdirSync(new URL(`../../${folder}/`, import.meta.url), { recursive: true, encoding: "utf8" }).map(
    (name) => `${folder}/${name}`,
  ),
);

test.each(FEATURES)("%s: its modules are where %s looks for them", (_, pattern) => {
  expect(modules.filter((path) => pattern.test(path))).not.toEqual([]);
});

test("the weights of a script's features sum up to what it weighs", () => {
  const parts = { "src/web/tracker/queue.ts": 300, "src/web/tracker/call.ts": 100, "src/web/tracker/work.ts": 600 };
  expect(weigh(parts, 500)).toEqual([
    ["work", 300],
    ["delivery", 200],
  ]);
});
