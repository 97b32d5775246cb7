// @ts-check
// What `npm run dev` starts the local server with. Pure.
import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** The key of wrangler.toml's development environment, which everybody can read there. */
const DEVELOPMENT_KEY = "pulsegate-development-key";
/** As short as a key may be that others can try. */
const MIN_KEY_UNITS = 16;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/** What of the options below, and of those that decide about them, the arguments set. @param {string[]} args */
function namedIn(args) {
  const { values } = parseArgs({
    args,
    // The rest is wrangler's, and not looked at.
    strict: false,
    allowPositionals: true,
    options: {
      env: { type: "string", short: "e" },
      port: { type: "string" },
      "inspector-port": { type: "string" },
      "persist-to": { type: "string" },
      "log-level": { type: "string" },
      ip: { type: "string" },
      var: { type: "string", multiple: true },
    },
  });
  return values;
}

/** @param {unknown} value */
const textOf = (value) => (typeof value === "string" ? value : undefined);

/**
 * Whether somebody has chosen a key: `.dev.vars` and `--var` win over wrangler.toml.
 * @param {unknown} vars  `NAME:value`, of `--var`.
 * @param {string} variables
 */
function hasOwnKey(vars, variables) {
  const inFile = /^\s*ANALYTICS_API_KEY\s*=\s*["']?([^"'\s]*)/m.exec(variables)?.[1];
  const given = (Array.isArray(vars) ? vars : []).map(String).find((one) => one.startsWith("ANALYTICS_API_KEY:"));
  const key = given?.slice("ANALYTICS_API_KEY:".length) ?? inFile ?? DEVELOPMENT_KEY;
  return key !== DEVELOPMENT_KEY && key.length >= MIN_KEY_UNITS;
}

/**
 * @param {string[]} args  Arguments for `wrangler dev`. They win over the environment, and over what is set here.
 * @param {Readonly<Record<string, string | undefined>>} env
 * @param {string} variables  The text of `.dev.vars`; empty where there is none.
 * @returns {{ port: number, state: string, options: (inspectorPort: number) => string[] } | { refusal: string }}
 */
export function startOf(args, env, variables) {
  const named = namedIn(args);
  const wanted = textOf(named["port"]) ?? env["PORT"] ?? "8787";
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    return { refusal: `PORT must be a number from 1 to 65535, not ${wanted}.` };
  }
  const ip = textOf(named["ip"]);
  const isOpen = ip !== undefined && !LOOPBACK.test(ip);
  if (isOpen && !hasOwnKey(named["var"], variables)) {
    return {
      refusal: `--ip ${ip} opens this server to others, and everybody knows the development key. Write a key of your own, of ${MIN_KEY_UNITS} characters or more, into .dev.vars: ANALYTICS_API_KEY=…`,
    };
  }
  const state = textOf(named["persist-to"]) ?? env["STATE_DIR"] ?? ".state";
  /** @param {number} inspectorPort */
  const options = (inspectorPort) => {
    const own = {
      env: "development",
      port: String(port),
      "inspector-port": String(inspectorPort),
      "persist-to": resolve(state),
      "log-level": "warn",
    };
    const unnamed = Object.entries(own).filter(([name]) => named[name] === undefined);
    return [
      ...unnamed.flatMap(([name, value]) => [`--${name}`, value]),
      "--show-interactive-dev-session=false",
      // Runs the crons for whoever asks: on this machine only.
      ...(isOpen || named["test-scheduled"] !== undefined ? [] : ["--test-scheduled"]),
      ...args,
    ];
  };
  return { port, state, options };
}
