/** A D1 parameter holds about 2 MB; many rows are written in pieces of this much JSON. */
const D1_PIECE_UNITS = 400 * 1024;

/** Rows as JSON lists, each below what a parameter of D1 holds. */
export function piecesOf(rows: readonly object[]): string[] {
  const pieces: string[][] = [];
  let units = 0;
  for (const row of rows) {
    const text = JSON.stringify(row);
    const piece = pieces.at(-1);
    if (!piece || units + text.length > D1_PIECE_UNITS) {
      pieces.push([text]);
      units = text.length;
    } else {
      piece.push(text);
      units += text.length;
    }
  }
  return pieces.map((piece) => `[${piece.join(",")}]`);
}
