import { createServer } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { isPublic, openGate } from "../../scripts/lib/gate.ts";

/** A receiver on this machine, with what it was sent. */
async function receiver(status = 200) {
  const heard: { path: string; body: string; headers: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    heard.push({ path: request.url ?? "", body: Buffer.concat(chunks).toString(), headers: request.headers });
    response.writeHead(status, { "Retry-After": "7", "Set-Cookie": "a=b" }).end("said");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { port: typeof address === "object" && address ? address.port : 0, heard };
}

type Found = { address: string; family: number }[];

/** A gate with a resolver that knows these names. */
async function gateWith(names: Record<string, string[]>) {
  const asked: string[] = [];
  const gate = await openGate({
    find: (hostname, _, done) => {
      asked.push(hostname);
      const found: Found = (names[hostname] ?? []).map((address) => ({
        address,
        family: address.includes(":") ? 6 : 4,
      }));
      done(found.length > 0 ? null : new Error("ENOTFOUND"), found);
    },
  });
  onTestFinished(() => gate.close());
  const send = (target: string, path = new URL(gate.url).pathname) =>
    fetch(new URL(path, gate.url), {
      method: "POST",
      body: "{}",
      headers: { "X-Pulse-Target": target, "webhook-id": "m" },
    });
  return { send, asked };
}

describe("where a webhook's name leads", () => {
  test.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.168.0.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::a00:1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "ff02::1",
    "2001:db8::1",
    "2001::1",
    "2002:a00:1::",
    "3fff::1",
    "fec0::1",
    "crm.example",
    "",
  ])("%s is inside", (address) => {
    expect(isPublic(address)).toBe(false);
  });

  test.each([
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.167.1.1",
    "198.20.0.1",
    "9.255.255.255",
    "2606:4700::1111",
    "2001:4860:4860::8888",
    "2a00:1450::1",
  ])("%s is outside", (address) => {
    expect(isPublic(address)).toBe(true);
  });

  test("nothing inside is connected to, one of several addresses neither, and the answer says so", async () => {
    const { port, heard } = await receiver();
    const { send } = await gateWith({
      "10-0-0-1.rebound.example": ["127.0.0.1"],
      "six.example": ["::1"],
      "both.example": ["1.1.1.1", "127.0.0.1"],
    });
    for (const host of ["10-0-0-1.rebound.example", "six.example", "both.example", "127.0.0.1", "[::1]", "0x7f.1"]) {
      const response = await send(`http://${host}:${port}/hook`);
      expect([response.status, response.headers.get("X-Pulse-Refused")], host).toEqual([403, "target"]);
    }
    expect(heard).toEqual([]);
  });

  test("a name that leads nowhere breaks the line, as it would without a gate", async () => {
    const { send, asked } = await gateWith({});
    await expect(send("https://crm.example/")).rejects.toThrow();
    expect(asked).toEqual(["crm.example"]);
  });

  test("only whoever knows the gate's address is heard", async () => {
    const { send, asked } = await gateWith({ "crm.example": ["1.1.1.1"] });
    for (const path of ["/", "/x", `/${"0".repeat(32)}`])
      expect((await send("https://crm.example/", path)).status).toBe(404);
    expect((await send("no address")).status).toBe(404);
    expect(asked).toEqual([]);
  });
});
