/** The items of a JSON list without its brackets, a page at a time: memory does not grow with the list. */
export async function* itemPieces(pages: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  let comma = "";
  for await (const items of pages) {
    if (items.length === 0) continue;
    yield comma + items.map((item) => JSON.stringify(item)).join(",");
    comma = ",";
  }
}
