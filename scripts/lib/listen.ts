// Servers on loopback, for a command or a test.
import type { Server as HttpServer } from "node:http";
import { createServer, type Server } from "node:net";

/**
 * @param port 0: any that is free.
 * @returns The port. Rejects if it is in use.
 */
export function listen(server: Server, port = 0): Promise<number> {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      done(typeof address === "object" && address ? address.port : port);
    });
  });
}

/** Ends a server, and the connections that it would keep open. */
export function shut(server: HttpServer): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}

/** A port that is free. Throws if `wanted` is in use. */
export async function freePort(wanted = 0): Promise<number> {
  const probe = createServer();
  const port = await listen(probe, wanted);
  await new Promise((done) => probe.close(done));
  return port;
}
