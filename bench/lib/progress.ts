/** Tells on stderr how far a command is, with the seconds since it began. What is parsed goes to stdout. */
export function progress(began = Date.now()) {
  return (text: string) => console.error(`${String(Math.round((Date.now() - began) / 1_000)).padStart(4)} s  ${text}`);
}
