/** What the project's commands load, to run the fold and the rules as the Worker does. */
export { agentOf } from "../core/network/agent";
export { asnClass } from "../core/network/asn";
export { APPS } from "../core/network/browser";
export { readHeaders } from "../core/network/headers";
export * from "../core/scoring/ledger";
export { rulesPage } from "../core/scoring/rules-page";
export { BOT_LAYERS, RULES, RULES_VERSION, RuleSet, ruleSet } from "../core/scoring/ruleset";
export { intake } from "../core/session/calls/intake";
export { apply } from "../core/session/fold/fold";
export { newState, writeSnapshot } from "../core/session/fold/state";
export * from "./backtest";
