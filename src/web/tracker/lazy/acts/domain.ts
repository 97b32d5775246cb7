import type { FullKit } from "../../kit";

/** In the same folder on the server, of the same version. */
const DOMAIN = "./domain.js";

/** Takes over what the hosts of a domain share, before anything is sent. If domain.js does not load, this host goes on alone. */
export async function joinDomain(kit: FullKit): Promise<void> {
  const { domain } = kit.options;
  if (!domain) return;
  try {
    const { start } = (await import(DOMAIN)) as typeof import("../domain");
    start(kit, domain);
  } catch {
    // This host goes on alone.
  }
}
