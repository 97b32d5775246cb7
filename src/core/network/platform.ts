/** The first note of a user agent, in brackets: it names the platform. Pure, and linear in the agent's length. */

/** Where the note begins and ends; both 0 where there is none. Models have brackets too: `Moto G (4)`. */
export function platformOf(agent: string): [from: number, to: number] {
  const from = agent.indexOf("(") + 1;
  if (from === 0) return [0, 0];
  let depth = 1;
  for (let at = from; at < agent.length; at += 1) {
    if (agent[at] === "(") depth += 1;
    else if (agent[at] === ")") depth -= 1;
    if (depth === 0) return [from, at];
  }
  return [from, agent.length];
}
