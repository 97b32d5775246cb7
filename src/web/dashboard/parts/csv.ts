import { csvCell } from "../../../core/csv";

/** Saves rows as a CSV file, with the same guard against formulas as the API's exports. */
export function saveCsv(name: string, head: readonly string[], rows: readonly (readonly unknown[])[]): void {
  const text = [head, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n");
  save(`${name}.csv`, new Blob([`\ufeff${text}\r\n`], { type: "text/csv;charset=utf-8" }));
}

function save(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}
