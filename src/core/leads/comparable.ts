/** Pure. Makes the form in which texts are compared: small letters without marks, whoever typed the text and on which keyboard. */

/**
 * Marks of Latin, Greek, Cyrillic, Hebrew and Arabic letters. Not the vowel signs of Indic scripts and Thai, or the voicing marks
 * of kana: without those a word is another word.
 */
const MARK_RANGES = [
  "\\u0300-\\u036f",
  "\\u0483-\\u0487",
  "\\u0591-\\u05c7",
  "\\u0610-\\u061a",
  "\\u064b-\\u065f",
  "\\u0670",
  "\\u1ab0-\\u1aff",
  "\\u1dc0-\\u1dff",
  "\\u20d0-\\u20ff",
  "\\ufe20-\\ufe2f",
];
const MARKS = new RegExp(`[${MARK_RANGES.join("")}]`, "g");

/** Letters that Unicode does not take apart: https://www.unicode.org/Public/UCD/latest/ucd/UnicodeData.txt gives them no parts. */
const LETTERS: Readonly<Record<string, string>> = {
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ħ: "h",
  ł: "l",
  ŧ: "t",
  ŋ: "n",
  ĸ: "k",
  ə: "e",
  ƒ: "f",
  ɓ: "b",
  ɗ: "d",
  ƙ: "k",
  ƴ: "y",
  ƶ: "z",
  ς: "σ",
};
const UNDIVIDED = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");

/**
 * More than 16 marks in a row, which are cut: a person sees no letter under them, and the normaliser sorts marks, which takes ever
 * longer for a longer row.
 */
const MARK_ROW = /(\p{M}{16})\p{M}+/gu;

/**
 * `Ødegård` and `ODEGARD`, `Straße` and `STRASSE`, `İzmir` and `izmir` become one text. Never longer than 18 times the
 * text (U+FDFA alone has 18 letters).
 */
export function comparable(text: string): string {
  const apart = text.replace(MARK_ROW, "$1").normalize("NFKD").replace(MARKS, "");
  // Go by way of capital letters, because that makes ss of ß, i of ı, and s of ſ.
  const small = apart.toLowerCase().toUpperCase().toLowerCase();
  return small.replace(UNDIVIDED, (letter) => LETTERS[letter] ?? letter).normalize("NFC");
}
