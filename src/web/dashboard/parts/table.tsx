import type { ComponentChildren } from "preact";
import { saveCsv } from "./csv";

export interface Column<Row> {
  title: string;
  /** On screen. */
  cell: (row: Row) => ComponentChildren;
  /** In the CSV file. */
  text: (row: Row) => string | number | null | undefined;
  /** Aligned to the right. */
  isNumber?: boolean;
  /** Takes the remaining width, and is cut off first. */
  isWide?: boolean;
}

interface TableProps<Row> {
  /** Read out by screen readers; the CSV file's name. */
  name: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  id: (row: Row, index: number) => string | number;
  empty: ComponentChildren;
  /** Shown after the last row. */
  more?: ComponentChildren;
}

const classOf = <Row,>({ isNumber, isWide }: Column<Row>): string | undefined =>
  isNumber ? "number" : isWide ? "wide" : undefined;

/** Rows, with a button that saves those on screen as CSV. */
export function Table<Row>({ name, columns, rows, id, empty, more }: TableProps<Row>) {
  if (rows.length === 0) return <>{empty}</>;
  const save = (): void =>
    saveCsv(
      name.toLowerCase().replaceAll(" ", "-"),
      columns.map(({ title }) => title),
      rows.map((row) => columns.map(({ text }) => text(row))),
    );
  return (
    <div class="list">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard. */}
      <section class="scroll" tabIndex={0} aria-label={`Table: ${name}`}>
        <table>
          <caption class="visually-hidden">{name}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.title} scope="col" class={classOf(column)}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={id(row, index)}>
                {columns.map((column) => (
                  <td key={column.title} class={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div class="list-foot">
        <span class="soft">{rows.length === 1 ? "1 row" : `${rows.length} rows`}</span>
        {more}
        <button type="button" class="plain" onClick={save}>
          Save as CSV
        </button>
      </div>
    </div>
  );
}
