// @ts-check
// `node scripts/node-path.mjs`: prints the folder of a Node that is new enough, for a shell's PATH; fetches one if need be.
import { dirname } from "node:path";
import { suitableNode } from "./lib/node.mjs";

console.log(dirname(suitableNode()));
