import type { FullKit } from "../../kit";

/** Beside this file: what the server has of the one, it has of the other. */
const DOMAIN = "./domain.js";

/** Takes over what the hosts of a domain share, before anything is sent; without that file each host is by itself. */
export async function joinDomain(kit: FullKit): Promise<void> {
  const { domain } = kit.options;
  if (!domain) return;
  try {
    const { start } = (await import(DOMAIN)) as typeof import("../domain");
    start(kit, domain);
  } catch {
    // As said.
  }
}
