import { HIDDEN } from "./rules";

/** Error messages without what they quote. Pure: the page and the Worker both clean them. */

/**
 * Words in the messages of engines (V8, SpiderMonkey, JavaScriptCore) and in common messages of programs. Any other word may be
 * a value.
 */
const WORDS = new Set(
  (
    "a aborted access after all already an and any api apply argument arguments array assertion assign assignment " +
    "async at attempt attempting await bad be because been before bigint blocked body but by call called can can't " +
    "cannot cancelled canceled character chunk class client closed code column completed connection console constant " +
    "constructor content context convert could couldn't create css data date declaration defined delete denied did " +
    "didn't document does doesn't dom domain duplicate during dynamically element empty end error errors event " +
    "exceed exceeded exception execute expected expired extensible failed failure fetch field file find for " +
    "forbidden form format found from function generator get getter global has have header html http id identifier " +
    "illegal image import imported importing in index initialization input instance instanceof internal interrupted " +
    "invalid is isn't it iterable iterator javascript json key left length limit line list load loaded loading long " +
    "loop many match maximum message method missing mode module more multiple must name network never new no node " +
    "non not notifications null number object of offline ok on only open operation option or origin out outside own " +
    "page parameter parse password pattern permission play position private promise properties property prototype " +
    "proxy queue quota range read reading reached readonly recursion redeclaration reference refused regular " +
    "expression rejection remove request required resize resizeobserver resource response result return script " +
    "security selector server service session set setter setting should size source stack state status storage " +
    "strict string supported symbol syntax target than that the then this threw throw thrown timed timeout to token " +
    "too true false type unable uncaught undefined undelivered unexpected unhandled unknown unsupported unterminated " +
    "url use used user valid value values variable was wasn't when while window with without worker write wrong you " +
    "secret address card construct declined email evaluating much networkerror phone such"
  ).split(" "),
);

/** An address; a word, with parts joined by dots or an apostrophe; or a quotation. */
const PARTS =
  /https?:\/\/[^\s"'`<>()]+|[a-z_$][\w$]*(?:\.[a-z_$][\w$]*)+(?![\w$@]|:\/\/)|[^\s.,:;()[\]{}<>!?'"`/“”‘’«»]+(?:['’][a-z]{1,2}(?![a-z]))?|'[^']*'|"[^"]*"|`[^`]*`/gi;

/** A name in the page's code, as engines quote it. Letters only, so that no number passes. */
const NAME = /^[a-z_$][a-z_$.]{0,60}$/i;
/** After these words an engine quotes a name of the code, or one of its own. */
const BEFORE_NAME =
  /(?:\((?:reading|setting|evaluating)|(?:read|set|access) propert(?:y|ies)|failed to (?:execute|construct)|failed to execute '\w{1,60}' on|not of type) $/i;
const UNSET = /^ before initialization/;
/** Before these words an engine writes a name without quotes, at the beginning of its message. */
const AFTER_NAME = /^ is (?:not (?:defined|a function|a constructor|iterable|an object)|undefined|null)(?![a-z])/;
const FIRST = /^(?:uncaught )?(?:type|reference)error: $/i;
/** The name of an error's class, before its message or alone. */
const CLASS = /^[a-z]{1,60}(?:error|exception)$/i;

const isWord = (word: string): boolean =>
  word.split(/[-.]/).every((part) => WORDS.has(part.toLowerCase().replace("’", "'")));

/** Several placeholders in a row. */
const SECRETS = new RegExp(`${HIDDEN}(?:[\\s.,]{1,3}${HIDDEN})+`, "g");

/**
 * An error message: its fixed words, the class of the error, names of code where an engine puts them, and addresses as
 * `cleanUrl` leaves them. Everything else becomes `:secret`, once for a row of them, so that the same error has the same text
 * whatever values it met. The caller cuts the message to size before.
 */
export function cleanMessage(message: string, cleanUrl: (url: string) => string | undefined): string {
  const clean = message.replace(PARTS, (part, at: number) => {
    if (/^https?:\/\//i.test(part)) return cleanUrl(part) ?? HIDDEN;
    const before = message.slice(Math.max(0, at - 100), at);
    const after = message.slice(at + part.length, at + part.length + 40);
    const [quote = ""] = /^['"`]/.exec(part) ?? [];
    if (quote) {
      const isName = NAME.test(part.slice(1, -1)) && (BEFORE_NAME.test(before) || UNSET.test(after));
      return isName ? part : quote + HIDDEN + quote;
    }
    if (isWord(part) || (CLASS.test(part) && (after[0] ?? ":") === ":")) return part;
    return NAME.test(part) && FIRST.test(before) && AFTER_NAME.test(after) ? part : HIDDEN;
  });
  return clean.replace(SECRETS, HIDDEN);
}
