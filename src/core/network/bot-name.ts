/** The name of a bot that no table knows: its product's name, and nothing that names a person. Pure. */

/** The longest name of a bot: it is shown, stored, and counted by. */
const BOT_NAME_UNITS = 64;
/** Does not match an email address, which an agent may hold, because names are stored without consent too. */
const NAME = /^[A-Za-z][\w.+ -]*$/;
/** Stands for a name that must not be shown. */
const UNNAMED = "unnamed";

/** The beginning of all browsers' agents, and addresses: they may convict a bot but do not name it. */
const IS_COMMON = /^(?:Mozilla|https?|www\.[\w.-]*)$/i;
/** `(compatible; Acme Bot/1.0; …)`: up to the version, or to what follows the name. */
const COMPATIBLE =
  /\bcompatible;[ +]?(?!MSIE|https?:|www\.)([A-Za-z][\w.+-]+(?: (?!https?:|www\.|v?\d)[A-Za-z][\w.+-]*){0,5})(?= ?(?:[/;,()+]|https?:|www\.|v?\d|$))/i;
/** Names of browsers, their engines and builds. */
const OF_BROWSERS =
  /^(?:Mozilla|AppleWebKit|KHTML|Chrome|Chromium|CriOS|Safari|Gecko|Firefox|Version|Mobile|Build|Edg\w*|OPR|Presto|Trident)$/i;
const PRODUCT = /(?<![\w.@+/:-])([A-Za-z][\w.-]*)\/v?\d/g;
const ONE_WORD = /\(([A-Za-z][\w.-]*)\)/;
const NOTE = /\([^()]{0,400}\)/g;

/** At most 64 characters. `match`: the part of the agent that gave the bot away. */
export function botName(agent: string, match: string): string {
  const around = productAt(agent, agent.indexOf(match), match.length) || match.trim();
  const name = NAME.test(around) && !IS_COMMON.test(around) ? around : productIn(agent);
  return NAME.test(name) ? name.slice(0, BOT_NAME_UNITS).trim() : UNNAMED;
}

const isOfName = (character: string | undefined): boolean => character !== undefined && /[\w.@-]/.test(character);

/** Up to a version, a note or an address. */
const beforeNotes = (text: string): string =>
  text.split(/[/([;,]|\bhttps?:|\bwww\./, 1)[0]?.replace(/ -? ?$/, "") ?? "";

/** The product around a match, without its version. */
function productAt(agent: string, at: number, length: number): string {
  let from = at;
  while (isOfName(agent[from - 1])) from -= 1;
  let to = at + length;
  while (isOfName(agent[to])) to += 1;
  return beforeNotes(agent.slice(from, to));
}

/** The name if it stands elsewhere in the agent; empty if there is none. */
function productIn(agent: string): string {
  const compatible = COMPATIBLE.exec(agent)?.[1];
  if (compatible) return compatible;
  const lead = beforeNotes(agent);
  if (NAME.test(lead) && !IS_COMMON.test(lead)) return lead;
  const products = [...agent.matchAll(PRODUCT)].map(([, name = ""]) => name);
  const product = products.find((name) => !OF_BROWSERS.test(name));
  if (product || !IS_COMMON.test(lead)) return product ?? "";
  const words = agent.replace(NOTE, " ").split(" ").map(beforeNotes);
  return words.find((word) => word !== "" && !OF_BROWSERS.test(word)) ?? ONE_WORD.exec(agent)?.[1] ?? "";
}
