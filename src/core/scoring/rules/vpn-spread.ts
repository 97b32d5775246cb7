import { type Rule, saw } from "../rule";

/** VPN: the fingerprint was seen on many addresses, networks or countries. */

const vpn = { version: 1, score: "vpn" } as const;
const ACTOR = "the fingerprint's identity actor, 24 h";

export const VPN_SPREAD_RULES: readonly Rule[] = [
  {
    ...vpn,
    id: "vpn.many_addresses",
    points: 15,
    class: "supporting",
    watch: ["identity"],
    needs: ["fingerprint"],
    test: ({ identity }) => {
      const n = identity?.fingerprint?.addresses ?? 0;
      return n >= 6 ? saw(`the fingerprint was on ${n} addresses in 24 h`) : null;
    },
    about: "One fingerprint on six addresses or more.",
    source: ACTOR,
    example: "a proxy pool; a common device in a common browser",
  },
  {
    ...vpn,
    id: "vpn.many_networks",
    points: 25,
    class: "convicting",
    watch: ["identity"],
    needs: ["fingerprint"],
    test: ({ identity }) => {
      const n = identity?.fingerprint?.networks ?? 0;
      return n >= 4 ? saw(`the fingerprint was on ${n} autonomous systems in 24 h`) : null;
    },
    about: "One fingerprint on four autonomous systems or more.",
    source: ACTOR,
    example: "a proxy pool",
  },
  {
    ...vpn,
    id: "vpn.many_countries",
    points: 40,
    class: "convicting",
    watch: ["identity"],
    needs: ["fingerprint"],
    test: ({ identity }) => {
      const n = identity?.fingerprint?.countries ?? 0;
      return n >= 3 ? saw(`the fingerprint was in ${n} countries in 24 h`) : null;
    },
    about: "One fingerprint in three countries or more.",
    source: ACTOR,
    example: "Germany, Brazil and Japan between breakfast and supper",
  },
];
