import { describe, expect, it } from "vitest";
import { namedHosts, targetFault } from "../../src/core/leads/target";

describe("a webhook's target", () => {
  it.each([
    "https://crm.example.com/hook",
    "https://crm.example.com./",
    "https://a.b/",
    "https://1.2.3.4.example.com/",
    // Names that only resemble those of a private network.
    "https://local.example/",
    "https://mylan.example/",
    "https://x.mylan/",
    "https://corp.example.com/",
    "https://x.locals/",
    "https://internal.example/",
    "https://127.0.0.1.example.com/",
    "https://localhost.example/",
  ])("may be %s", (url) => {
    expect(targetFault(url, false)).toBeNull();
    expect(targetFault(url, true)).toBeNull();
  });

  it.each(
    [
      "localhost",
      "local",
      "internal",
      "intranet",
      "lan",
      "home",
      "corp",
      "private",
      "test",
      "invalid",
      "onion",
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

describe("a target's name", () => {
  it.each([
    // Of clusters, routers and directories.
    "https://crm.default.svc/",
    "https://crm.default.svc.cluster.local/",
    "https://vault.service.consul/",
    "https://crm.localdomain/",
    "https://localhost.localdomain/",
    "https://printer.home.arpa/",
    "https://x.docker/",
    "https://x.alt/",
    "https://CRM.SVC/",
    "https://crm.svc./",
    "https://crm。consul/",
    "https://crm.node.%63onsul/",
    // Of public zones whose names lead inside.
    "https://10.0.0.1.nip.io/",
    "https://nip.io/",
    "https://app-7f000001.nip.io/",
    "https://crm.10-0-0-1.nip.io./",
    "https://127-0-0-1.sslip.io/",
    "https://localtest.me/",
    "https://crm.localtest.me/",
    "https://lvh.me/",
    "https://a.vcap.me/",
    "https://169.254.169.254.xip.io/",
    "https://10.0.0.1.traefik.me/",
  ])("may not be %s", (url) => {
    expect(targetFault(url, false)).toBe("must be a public host name");
    expect(targetFault(url, true)).toBe("must be a public host name");
  });

  it.each([
    "https://crm..example.com/",
    "https://crm.example.com../",
    "https://.crm.example.com/",
    "https://a..b../",
    `https://${"a".repeat(64)}.example.com/`,
    `https://${"abcdefg.".repeat(32)}example.com/`,
    "https://crm.ex*mple.com/",
  ])("is one: %s is none", (url) => {
    expect(targetFault(url, false)).toBe("must be a host name");
  });

  it.each([
    "https://svc.example.com/",
    "https://consul.example/",
    "https://nip.io.example.com/",
    "https://xnip.io/",
    "https://my_crm.example.com/",
    "https://bücher.example/",
    `https://${"a".repeat(63)}.example.com/`,
  ])("may be %s", (url) => {
    expect(targetFault(url, false)).toBeNull();
  });
});

describe("a target's address", () => {
  it.each([
    "https://0.0.0.0/",
    "https://0/",
    "https://0177.0.0.1/",
    "https://0x7f000001/",
    "https://2130706433/",
    "https://127.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/",
    "https://192.168.1.1./",
    "https://１０.0.0.1/",
    "https://[::]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://[64:ff9b::a00:1]/",
  ])("may not be %s", (url) => {
    expect(targetFault(url, false)).toBe("must be a host name, not an address");
    expect(targetFault(url, true)).toBe("must be a host name, not an address");
  });
});

describe("a target's port", () => {
  it.each(["https://crm.example/", "https://crm.example:443/", "https://crm.example:8443/"])(
    "may be that of %s",
    (url) => {
      expect(targetFault(url, false)).toBeNull();
    },
  );

  it.each([80, 22, 25, 2375, 3000, 5432, 6379, 8080, 8500, 9200, 65_535, 0])("may not be %i", (port) => {
    expect(targetFault(`https://crm.example:${port}/`, false)).toBe("must be at port 443 or 8443");
  });
});

describe("what the operator has named", () => {
  const named = namedHosts(" localhost, 127.0.0.1:9000,[::1]:80 ,CRM.lan:6379, 10.0.0.8,,no host, http://x, :80");

  it.each([
    "https://localhost/",
    "https://localhost:3000/",
    "https://127.0.0.1:9000/",
    "https://127.1:9000/",
    "https://crm.lan:6379/",
    "https://CRM.lan:6379/x",
    "https://10.0.0.8/",
    "https://0xa000008:5000/",
  ])("may be called: %s", (url) => {
    expect(targetFault(url, false)).not.toBeNull();
    expect(targetFault(url, false, named)).toBeNull();
    expect(targetFault(url, true, named)).toBeNull();
  });

  it.each(["http://localhost:3000/", "http://127.0.0.1:9000/", "http://[::1]/", "http://[::1]:80/"])(
    "may be plain http on one's own machine, and nowhere else: %s",
    (url) => {
      expect(targetFault(url, true, named)).toBeNull();
      expect(targetFault(url, false, named)).toBe("must be https");
    },
  );

  it.each([
    ["https://127.0.0.1:9001/", "must be a host name, not an address"],
    ["https://[::1]/", "must be a host name, not an address"],
    ["https://crm.lan/", "must be a public host name"],
    ["https://x.crm.lan:6379/", "must be a public host name"],
    ["https://10.0.0.9/", "must be a host name, not an address"],
    ["https://user@localhost/", "must not carry a user name or password"],
    ["ftp://localhost/", "must be https"],
    ["http://crm.example/", "must be https"],
    ["https://crm.example:6379/", "must be at port 443 or 8443"],
  ])("is that alone: %s %s", (url, fault) => {
    expect(targetFault(url, true, named)).toBe(fault);
  });

  it("is nothing unless it says so: this machine is no target, in development neither", () => {
    expect(namedHosts(undefined)).toEqual([]);
    for (const url of ["http://localhost/", "http://127.0.0.1:9000/", "https://127.0.0.1/", "http://[::1]:80/"]) {
      expect(targetFault(url, true), url).toEqual(expect.any(String));
    }
  });
});
