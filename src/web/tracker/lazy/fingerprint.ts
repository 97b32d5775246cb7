/** fingerprint.js: a file of its own, loaded after idle and with consent only, so that no page waits for its size. */
import { load } from "@fingerprintjs/fingerprintjs";
import type { StartInput } from "../../../protocol/track";

export type Device = Pick<StartInput, "fingerprint_id" | "signals">;

/** The graphics card's name, which may show a headless browser. Undefined if there is no WebGL. */
function renderer(): string | undefined {
  const gl = document.createElement("canvas").getContext("webgl");
  const names = gl?.getExtension("WEBGL_debug_renderer_info");
  const name: unknown = gl?.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return typeof name === "string" ? name.slice(0, 256) : undefined;
}

export async function fingerprint(): Promise<Device> {
  // Without monitoring, nothing about the visitor goes to anybody else's server.
  const agent = await load({ monitoring: false });
  const { visitorId } = await agent.get();
  const name = renderer();
  return { fingerprint_id: visitorId, ...(name && { signals: { renderer: name } }) };
}
