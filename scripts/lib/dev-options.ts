// What `npm run dev` starts the local server with. Pure.
import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** The key of wrangler.toml's development environment, which everybody can read there. */
export const DEVELOPMENT_KEY = "pulsegate-development-key";
/** A server that others can reach needs a key of this length or longer. */
const MIN_KEY_UNITS = 16;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/** The options that the arguments set, of those below: those that are set here, and those that decide about them. */
function namedIn(args: string[]) {
  const { values } = parseArgs({
    args,
    // All other options are wrangler's.
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

const textOf = (value: unknown) => (typeof value === "string" ? value : undefined);

/**
 * The key that the server will have: `--var` wins over the file of variables, and that over wrangler.toml.
 * @param vars `NAME:value`, of `--var`.
 */
function keyOf(vars: unknown, variables: Readonly<Record<string, string | undefined>>) {
  const name = "ANALYTICS_API_KEY";
  const given = (Array.isArray(vars) ? vars : []).map(String).findLast((one) => one.startsWith(`${name}:`));
  return given?.slice(name.length + 1) ?? variables[name] ?? DEVELOPMENT_KEY;
}

const isOwn = (key: string) => key.length >= MIN_KEY_UNITS && !key.includes(DEVELOPMENT_KEY);

/** A server that listens on every address answers on 127.0.0.1 too. */
const EVERYWHERE = new Set(["0.0.0.0", "::", "[::]", "*"]);

interface Start {
  /** The address at which the server answers, from this machine. */
  host: string;
  port: number;
  /** The folder of its stores. */
  state: string;
  /** Whether its key is the one that everybody knows. */
  isDevelopmentKey: boolean;
  /** Arguments for `wrangler dev`. */
  options: (inspectorPort: number) => string[];
}

/**
 * @param args Arguments for `wrangler dev`. They win over the environment, and over what is set here.
 * @param variables Those of `.dev.vars`.
 */
export function startOf(
  args: string[],
  env: Readonly<Record<string, string | undefined>>,
  variables: Readonly<Record<string, string | undefined>>,
): Start | { refusal: string } {
  const named = namedIn(args);
  const wanted = textOf(named["port"]) ?? env["PORT"] ?? "8787";
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    return { refusal: `PORT must be a number from 1 to 65535, not ${wanted}.` };
  }
  const ip = textOf(named["ip"]);
  const isTunnel = named["tunnel"] !== undefined;
  const isOpen = isTunnel || (ip !== undefined && !LOOPBACK.test(ip));
  const key = keyOf(named["var"], variables);
  if (isOpen && !isOwn(key)) {
    return {
      refusal: `${isTunnel ? "--tunnel" : `--ip ${ip}`} opens this server to others, and everybody knows the development key. Write a key of your own, of ${MIN_KEY_UNITS} characters or more, into .dev.vars: ANALYTICS_API_KEY=…`,
    };
  }
  const host = ip === undefined || EVERYWHERE.has(ip) ? "127.0.0.1" : ip;
  const state = textOf(named["persist-to"]) ?? env["STATE_DIR"] ?? ".state";
  const options = (inspectorPort: number) => {
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
      // `--test-scheduled` lets anybody run the crons, so it is left out if others can reach the server.
      ...(isOpen || named["test-scheduled"] !== undefined ? [] : ["--test-scheduled"]),
      ...args,
    ];
  };
  return { host, port, state, isDevelopmentKey: key === DEVELOPMENT_KEY, options };
}
