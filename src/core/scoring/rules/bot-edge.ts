import { type Rule, saw } from "../rule";

/** Bot: what the edge and the address's actor know of the connection. */

const bot = { version: 1, score: "bot" } as const;

export const EDGE_RULES: readonly Rule[] = [
  {
    ...bot,
    id: "bot.verified",
    points: 100,
    class: "convicting",
    watch: ["network"],
    needs: ["edge"],
    test: ({ network }) => (network?.verified_bot ? saw(`verified by the edge: ${network.verified_bot}`) : null),
    about: "A bot that the edge has verified by its addresses, named by category.",
    source: "cf.verifiedBotCategory, cf.botManagement.verifiedBot",
    example: "Search Engine Crawler",
  },
  {
    ...bot,
    id: "bot.edge_certain",
    points: 70,
    class: "convicting",
    watch: ["network"],
    needs: ["edge", "bot_management"],
    test: ({ network }) => (network?.bot_score === 1 ? saw("the edge's bot score is 1") : null),
    about: "The edge is certain that this is automated.",
    source: "cf.botManagement.score = 1",
    example: "a known automation fingerprint",
  },
  {
    ...bot,
    id: "bot.edge_likely",
    points: 40,
    class: "convicting",
    watch: ["network"],
    needs: ["edge", "bot_management"],
    test: ({ network }) => {
      const score = network?.bot_score ?? 0;
      return score >= 2 && score < 30 ? saw(`the edge's bot score is ${score}`) : null;
    },
    about: "The edge takes this for likely automated.",
    source: "cf.botManagement.score of 2 to 29",
    example: "a bot score of 12",
  },
  {
    ...bot,
    id: "bot.hosting",
    points: 10,
    class: "supporting",
    watch: ["network"],
    needs: ["edge", "asn"],
    test: ({ network }) => (network?.asn_class === "hosting" ? saw("the address belongs to a hosting network") : null),
    about:
      "The address belongs to a data centre. Never enough by itself: people browse through offices and relays there.",
    source: "the class table of src/core/network",
    example: "a cloud server",
  },
  {
    ...bot,
    id: "bot.shared_address",
    points: 5,
    class: "supporting",
    watch: ["identity"],
    needs: ["address"],
    test: ({ identity }) => {
      const sessions = identity?.address?.sessions ?? 0;
      return sessions >= 100 ? saw(`${sessions} sessions of this address in 24 h`) : null;
    },
    about: "Many sessions of one address in 24 h. Never enough by itself: offices and mobile gateways share addresses.",
    source: "the address's identity actor",
    example: "100 sessions from one network in a day",
  },
];
