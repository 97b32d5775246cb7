/** What the project's commands load, to run the fold and the rules as the Worker does. */
export { agentOf } from "../core/network/agent";
export { asnClass } from "../core/network/asn";
export { APPS } from "../core/network/browser";
export { readHeaders } from "../core/network/headers";
export * from "../core/scoring/ledger";
export { rulesPage } from "../core/scoring/rules-page";
export { BOT_LAYERS, RULES, RULES_VERSION, RuleSet, ruleSet } from "../core/scoring/ruleset";
export { apply } from "../core/session/fold";
export { intake } from "../core/session/intake";
export { newState, writeSnapshot } from "../core/session/state";
export * from "./backtest";
