import { isAbsolute, resolve } from "node:path";
import { root } from "../../scripts/install.ts";

/** The folder of the local stores, as `npm run dev` has it. */
export function stateDir() {
  const { STATE_DIR = ".state" } = process.env;
  return isAbsolute(STATE_DIR) ? STATE_DIR : resolve(root, STATE_DIR);
}
