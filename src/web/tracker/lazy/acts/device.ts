import type { FullKit } from "../../kit";
import type { Device } from "../fingerprint";

interface Fingerprint {
  fingerprint(): Promise<Device>;
}

/** The device's fingerprint, with consent only, as soon as there is one; the server hears it in a repeated start. */
export function askDevice({ plug, mayStore, restart }: FullKit): void {
  let isAsked = false;
  const ask = async (): Promise<void> => {
    if (isAsked || !mayStore()) return;
    isAsked = true;
    // A file of its own, beside this one.
    const path = "./fingerprint.js";
    const { fingerprint }: Fingerprint = await import(path);
    const device = await fingerprint();
    plug.device = { ...plug.device, ...device };
    restart();
  };
  // Without it the visit has no fingerprint, and goes on.
  plug.consented = () => void ask().catch(() => {});
  plug.consented();
}
