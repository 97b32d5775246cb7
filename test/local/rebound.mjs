// @ts-check
// Preloaded into a server's process: public names that lead to this machine, as anybody can make one in a zone of their own.
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";

const real = dns.lookup;

/** @param {string} hostname @param {...any} rest */
const lookup = (hostname, ...rest) => {
  const done = rest.at(-1);
  if (!hostname.endsWith(".rebound.example")) return Reflect.apply(real, dns, [hostname, ...rest]);
  return queueMicrotask(() => done(null, [{ address: "127.0.0.1", family: 4 }]));
};
dns.lookup = /** @type {typeof dns.lookup} */ (lookup);
syncBuiltinESMExports();
