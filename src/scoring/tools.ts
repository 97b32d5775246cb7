/** What the project's commands load: the fold and the rules, as the Worker runs them. */
export { agentOf } from "../network/agent";
export { asnClass } from "../network/asn";
export { APPS } from "../network/browser";
export { readHeaders } from "../network/headers";
export { apply } from "../session/fold";
export { intake } from "../session/intake";
export { newState, writeSnapshot } from "../session/state";
export * from "./backtest";
export * from "./ledger";
export { rulesPage } from "./rules-page";
export { BOT_LAYERS, RULES, RULES_VERSION, RuleSet, ruleSet } from "./ruleset";
