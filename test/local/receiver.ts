// A CRM's webhook receiver on loopback. It checks every signature, and can fail in every way that receivers do.
import { createServer, type ServerResponse } from "node:http";
import { Webhook } from "standardwebhooks";
import { listen, shut } from "../../scripts/lib/listen.ts";

/** How a receiver answers: `ok`, or one of the ways to fail. */
type Manner =
  | "ok"
  | "timeout"
  | "reset"
  | "500"
  | "429"
  | "410"
  | "422"
  | "slow_body"
  | "half_body"
  | "half_head"
  | "garbage"
  | "wrong_length"
  | "redirect"
  | "huge_refusal";

interface ReceivedWebhook {
  /** `webhook-id`. */
  id: string;
  path: string;
  at: number;
  manner: Manner;
  body: { type: string; timestamp: string; data: { lead: Record<string, unknown>; session: unknown } };
}

export const SECRET = `whsec_${Buffer.from("a secret of exactly 32 bytes !!!").toString("base64")}`;

/** @param mannerOf How to answer the `n`th attempt under this id, counted from 1. */
export async function openReceiver(mannerOf: (message: Omit<ReceivedWebhook, "manner">, n: number) => Manner) {
  const received: ReceivedWebhook[] = [];
  const faults: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("error", () => {});
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const headers: Record<string, string> = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      try {
        new Webhook(SECRET).verify(text, headers);
      } catch (error) {
        faults.push(`${request.url}: ${error}`);
        response.writeHead(401).end();
        return;
      }
      if (Buffer.byteLength(text) > 20_000) faults.push(`${Buffer.byteLength(text)} bytes`);
      const message = {
        id: headers["webhook-id"] ?? "",
        path: request.url ?? "",
        at: Date.now(),
        body: JSON.parse(text),
      };
      const n = received.filter(({ id }) => id === message.id).length + 1;
      const manner = mannerOf(message, n);
      received.push({ ...message, manner });
      answer(manner, response);
    });
  });
  return {
    url: `http://127.0.0.1:${await listen(server)}`,
    received,
    /** Signatures that did not verify, bodies that were too large. */
    faults,
    close: () => shut(server),
  };
}

function answer(manner: Manner, response: ServerResponse) {
  switch (manner) {
    case "ok":
      response.writeHead(204).end();
      return;
    case "timeout":
      return;
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "429":
      response.writeHead(429, { "Retry-After": "2" }).end("slow down");
      return;
    case "redirect":
      response.writeHead(302, { Location: "/elsewhere" }).end();
      return;
    case "slow_body": {
      response.writeHead(500, { "Content-Type": "text/plain" });
      const drip = setInterval(() => response.write("."), 100);
      response.on("close", () => clearInterval(drip));
      return;
    }
    case "half_head":
      response.socket?.write("HTTP/1.1 200 OK\r\nContent-Le");
      response.socket?.destroy();
      return;
    case "half_body":
      response.writeHead(500, { "Content-Length": "1000" });
      response.write("half of it", () => response.socket?.destroy());
      return;
    case "garbage":
      response.writeHead(200, { "Content-Type": "application/json" }).end(Buffer.from([0, 255, 1, 254]));
      return;
    case "wrong_length":
      response.writeHead(200, { "Content-Length": "5000" });
      response.write("short", () => response.socket?.destroy());
      return;
    case "huge_refusal":
      response.writeHead(500).end("x".repeat(5_000_000));
      return;
    case "500":
    case "410":
    case "422":
      response.writeHead(Number(manner)).end(`no: ${manner}`);
      return;
    default:
      throw new Error(`there is no manner ${manner satisfies never}`);
  }
}
