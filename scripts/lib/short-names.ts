// Names of properties that become letters in the scripts for pages.

/**
 * Properties that only the tracker and acts.js know, and the letter that each gets: the two files are built apart and have to
 * agree. Never a property that is on the wire or in the public API. Queues on a device are read by later versions, so the
 * letters of `place`, `items`, `bytes`, `number`, `last` and `held` stay for ever.
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
    addressFacts: "z",
    // Objects that have none of the names above, so a letter may be used again: `AddressFacts`, and what is lent to acts.js.
    campaignQuery: "r",
    shownView: "n",
    options: "s",
    plug: "r",
    pageName: "q",
    recordEvent: "p",
    cleanUrl: "o",
    addHook: "n",
    emit: "m",
    consentNow: "l",
    restart: "k",
    flushQueue: "j",
    read: "i",
    write: "h",
    memory: "g",
    streams: "f",
    retry: "e",
    enter: "d",
    forgetSession: "c",
    keepAll: "b",
    changeConsent: "a",
    mayStore: "t",
  }).map(([name, letter]) => [`$${name}`, letter]),
);
/** Files in which those names are shortened. The others keep their names: they are not ours, or a server or page reads them. */
export const SHORTENED = ["tracker.js", "pulse.js", "module.js", "acts.js", "domain.js"];
export const OWN_NAMES = new RegExp(
  `^(${Object.keys(SHORT_NAMES)
    .map((name) => name.slice(1))
    .join("|")})$`,
);
