import { describe, expect, it } from "vitest";
import { targetFault } from "../../src/leads/target";

describe("a webhook's target", () => {
  it.each([
    ...["https://crm.example.com/hook", "https://crm.example.com./", "https://a.b/", "https://1.2.3.4.example.com/"],
    // Names that only resemble those of a private network.
    ...["https://local.example/", "https://mylan.example/", "https://x.mylan/", "https://corp.example.com/"],
    ...[
      "https://x.locals/",
      "https://internal.example/",
      "https://127.0.0.1.example.com/",
      "https://localhost.example/",
    ],
  ])("may be %s", (url) => {
    expect(targetFault(url, false)).toBeNull();
    expect(targetFault(url, true)).toBeNull();
  });

  it.each(
    [
      ...["localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "test", "invalid", "onion"],
      "arpa",
    ].map((name) => [name]),
  )("may not lie under .%s, nor be that", (name) => {
    const fault = "must be a public host name";
    expect(targetFault(`https://crm.${name}/`, false)).toBe(fault);
    expect(targetFault(`https://a.crm.${name}/`, false)).toBe(fault);
    expect(targetFault(`https://crm.${name}./`, false)).toBe(fault);
    expect(targetFault(`https://${name}/`, false)).toBe(fault);
  });

  it.each([
    ["", "must be a URL"],
    ["crm.example.com", "must be a URL"],
    ["https://1.2.3.4.5/", "must be a URL"],
    ["http://crm.example.com/", "must be https"],
    ["ftp://crm.example.com/", "must be https"],
    ["https://user@crm.example.com/", "must not carry a user name or password"],
    ["https://:secret@crm.example.com/", "must not carry a user name or password"],
    ["https://10.0.0.1/", "must be a host name, not an address"],
    ["https://8.8.8.8/", "must be a host name, not an address"],
    ["https://255.255.255.255/", "must be a host name, not an address"],
    ["https://0x7f.1/", "must be a host name, not an address"],
    ["https://[2001:db8::1]/", "must be a host name, not an address"],
    ["https://[::1]/", "must be a host name, not an address"],
    ["https://intern/", "must be a public host name"],
    ["https://intern./", "must be a public host name"],
  ])("may not be %j: it %s", (url, fault) => {
    expect(targetFault(url, false)).toBe(fault);
  });
});

describe("a target in development", () => {
  it.each([
    ...["http://localhost/", "https://localhost:9000/", "http://127.0.0.1/", "http://127.1.2.3/", "http://[::1]:80/"],
    ...["http://127.255.255.255/", "https://127.0.0.1/", "http://127.1/"],
  ])("may be this machine: %s", (url) => {
    expect(targetFault(url, true)).toBeNull();
    expect(targetFault(url, false)).not.toBeNull();
  });

  it.each([
    ["ftp://localhost/", "must be http or https"],
    ["http://user@localhost/", "must not carry a user name or password"],
    ["http://xlocalhost/", "must be https"],
    ["http://localhost.example/", "must be https"],
    ["http://127.0.0.1.example/", "must be https"],
    ["http://x127.0.0.1.example/", "must be https"],
    ["http://10.127.0.0/", "must be https"],
    ["http://128.0.0.1/", "must be https"],
    ["http://[::2]/", "must be https"],
    ["https://10.0.0.1/", "must be a host name, not an address"],
    ["https://crm.local/", "must be a public host name"],
  ])("may not be %s: it %s", (url, fault) => {
    expect(targetFault(url, true)).toBe(fault);
  });
});
