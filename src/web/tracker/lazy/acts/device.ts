import type { FullKit } from "../../kit";
import type { Device } from "../fingerprint";

interface Fingerprint {
  fingerprint(): Promise<Device>;
}

/** Takes the device's fingerprint once there is consent, and sends the start again with it. */
export function askDevice({ plug, mayStore, restart }: FullKit): void {
  let isAsked = false;
  const ask = async (): Promise<void> => {
    if (isAsked || !mayStore()) return;
    isAsked = true;
    // In the same folder on the server.
    const path = "./fingerprint.js";
    const { fingerprint }: Fingerprint = await import(path);
    const device = await fingerprint();
    plug.device = { ...plug.device, ...device };
    restart();
  };
  // If it fails, the visit goes on without a fingerprint.
  plug.consented = () => void ask().catch(() => {});
  plug.consented();
}
