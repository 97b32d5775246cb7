import { type Rule, saw } from "../rule";

/** VPN: the session moved from one address, network or country to another. */

const vpn = { version: 1, score: "vpn" } as const;

export const VPN_CHANGE_RULES: readonly Rule[] = [
  {
    ...vpn,
    id: "vpn.address_changes",
    points: 10,
    class: "supporting",
    watch: ["network"],
    test: ({ travel }) => (travel.addresses >= 3 ? saw(`the address changed ${travel.addresses} times`) : null),
    about: "The address changed three times or more in one session.",
    source: "network entries of the session",
    example: "a rotating proxy; a phone on a train",
  },
  {
    ...vpn,
    id: "vpn.network_changes",
    points: 20,
    class: "convicting",
    watch: ["network"],
    needs: ["edge"],
    test: ({ travel }) => (travel.networks >= 3 ? saw(`the autonomous system changed ${travel.networks} times`) : null),
    about: "The autonomous system changed three times or more: more than from Wi-Fi to mobile and back.",
    source: "network entries of the session",
    example: "a pool of residential proxies",
  },
  {
    ...vpn,
    id: "vpn.country_changes",
    points: 35,
    class: "convicting",
    watch: ["network"],
    needs: ["edge"],
    test: ({ travel }) => (travel.countries >= 1 ? saw(`the country changed ${travel.countries} times`) : null),
    about: "The country changed within a session.",
    source: "network entries of the session",
    example: "a VPN switched on half-way",
  },
];
