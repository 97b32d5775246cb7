// Names of properties that become letters in the scripts for pages.

/**
 * Properties that only our own files read, with the letter of each; they never go over the wire. A page leaves some on the
 * device for the next page, which may have another version: a letter, once given, stays.
 */
export const SHORT_NAMES = Object.fromEntries(
  Object.entries({
    until: "a",
    failures: "b",
    finish: "c",
    place: "d",
    items: "e",
    bytes: "f",
    number: "g",
    batch: "h",
    gather: "i",
    consented: "j",
    clean: "k",
    leaving: "l",
    look: "m",
    socket: "n",
    device: "o",
    held: "p",
    url: "q",
    last: "r",
    drops: "s",
    refuses: "t",
    bound: "u",
    settle: "v",
    move: "w",
    answered: "x",
    ledBy: "y",
    told: "z",
  }).map(([name, letter]) => [`$${name}`, letter]),
);
/** Files in which those names are shortened. The others keep their names: they are not ours, or a server or page reads them. */
export const SHORTENED = ["tracker.js", "pulse.js", "module.js", "acts.js", "domain.js"];
export const OWN_NAMES = new RegExp(
  `^(${Object.keys(SHORT_NAMES)
    .map((name) => name.slice(1))
    .join("|")})$`,
);
