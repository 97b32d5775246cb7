// `npm run deploy`: puts the Worker in production, and brings its database up to date.
import { bin, installMissing, run } from "./install.ts";

const HELP = `npm run deploy

Puts what wrangler.toml describes in production on Cloudflare, with the account that \`npx wrangler login\` has opened. The first
time it makes the database, the KV namespace and the bucket. Then it applies the migrations that the database has not had.
Nothing is lost in between: a session whose tables are not there yet keeps its events and tries again.`;

if (process.argv.includes("--help") || process.argv.includes("-h")) {
  console.log(HELP);
  process.exit(0);
}
installMissing();
// The top level of wrangler.toml, not its development environment.
run(bin("wrangler"), ["deploy", "--env", ""]);
run(bin("wrangler"), ["d1", "migrations", "apply", "DB", "--remote", "--env", ""]);
