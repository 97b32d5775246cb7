import type { AsnClass } from "../../network/classes";
import { type Rule, saw } from "../rule";

/** VPN: whose network the address belongs to. Relays and corporate proxies are named, but convict nobody. */

const vpn = { version: 1, score: "vpn" } as const;
const TABLE = "the class table of src/core/network (names from RouteViews, DB-IP and the registries)";

const ofClass =
  (kind: AsnClass, what: string): Rule["test"] =>
  ({ network }) =>
    network?.asn_class === kind
      ? saw(`the address belongs to ${what}${network.provider ? `: ${network.provider}` : ""}`)
      : null;

export const VPN_NETWORK_RULES: readonly Rule[] = [
  {
    ...vpn,
    id: "vpn.tor",
    points: 100,
    class: "convicting",
    watch: ["network"],
    needs: ["edge"],
    test: (state) =>
      state.network?.country === "T1"
        ? saw("the edge says Tor (country T1)")
        : ofClass("tor", "a Tor exit operator")(state),
    about: "The connection comes from the Tor network.",
    source: `cf.country = T1, ${TABLE}`,
    example: "Tor Browser",
  },
  {
    ...vpn,
    id: "vpn.vpn_network",
    points: 70,
    class: "convicting",
    watch: ["network"],
    needs: ["edge", "asn"],
    test: ofClass("vpn", "a VPN's network"),
    about: "The address belongs to a VPN provider, or to a network that mostly carries VPNs.",
    source: TABLE,
    example: "Mullvad, Packethub (NordVPN)",
  },
  {
    ...vpn,
    id: "vpn.hosting_network",
    points: 45,
    class: "supporting",
    watch: ["network"],
    needs: ["edge", "asn"],
    test: ofClass("hosting", "a hosting network"),
    about:
      "The address belongs to a data centre: where most VPNs and proxies leave, and offices and relays as well. No case by itself.",
    source: TABLE,
    example: "a cloud provider",
  },
  {
    ...vpn,
    id: "vpn.relay_network",
    points: 15,
    class: "supporting",
    watch: ["network"],
    needs: ["edge", "asn"],
    test: ofClass("relay", "a privacy relay"),
    about: "A privacy relay: named, and no case by itself.",
    source: TABLE,
    example: "iCloud Private Relay",
  },
  {
    ...vpn,
    id: "vpn.corporate_network",
    points: 5,
    class: "supporting",
    watch: ["network"],
    needs: ["edge", "asn"],
    test: ofClass("corporate", "a corporate proxy"),
    about: "A company's security proxy: named, and no case by itself.",
    source: TABLE,
    example: "Zscaler, Netskope",
  },
];
