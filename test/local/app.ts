// The npm package as a user installs it, and apps that are built with it.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../scripts/install.ts";

/** An app's folder, with what it has installed. */
export class App {
  /** The folder. */
  path = mkdtempSync(join(tmpdir(), "pulsegate-app-"));

  /** @param packages Of this project, beside the packed one. */
  constructor(packages: string[] = []) {
    const { path } = this;
    ran(process.execPath, [join(root, "scripts/pack.ts")], root);
    ran("npm", ["pack", join(root, "dist/package"), "--pack-destination", path], path);
    const [file = ""] = readdirSync(path);
    const modules = join(path, "node_modules");
    mkdirSync(join(modules, "pulsegate"), { recursive: true });
    ran("tar", ["-xzf", file, "--strip-components=1", "-C", "node_modules/pulsegate"], path);
    rmSync(join(path, file));
    for (const name of packages) symlinkSync(join(root, "node_modules", name), join(modules, name), "dir");
    this.write("package.json", '{ "type": "module", "private": true }');
  }

  write(name: string, text: string) {
    writeFileSync(join(this.path, name), text);
  }

  /** What a command prints; throws where it fails, or says something on stderr. */
  run(command: string, args: string[]) {
    return ran(command, args, this.path, true);
  }

  remove() {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function ran(command: string, args: string[], cwd: string, isQuiet = false) {
  // Builds depend on NODE_ENV, and vitest sets another one than a user's shell has.
  const { NODE_ENV: _, ...env } = process.env;
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: "utf8" });
  if (error || status !== 0 || (isQuiet && stderr !== ""))
    throw new Error(`${command} ${args.join(" ")}: ${status} ${error ?? ""}\n${stdout}\n${stderr}`);
  return stdout;
}
