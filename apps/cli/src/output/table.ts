/** A column of a table: its heading, and what it says of an item. */
export interface Column<T> {
  readonly heading: string;
  readonly cell: (item: T) => string;
  /** Only with `-o wide`. */
  readonly wide?: boolean;
  /** Says how long ago something was, and so another thing each time. */
  readonly ages?: boolean;
  /** Cells begin with spaces that mean something. */
  readonly indented?: boolean;
  /** How a cell is coloured; its width is that of the plain text. */
  readonly paint?: (item: T, cell: string) => string;
}

/** Two columns stand this far apart, as kubectl's do. */
const GAP = '   ';

/** Rows under headings, without borders; the last column isn't padded, so lines have no trailing space. */
export function printTable<T>(items: readonly T[], columns: readonly Column<T>[]): string {
  const rows = items.map((item) =>
    columns.map(({ cell, indented }) => (indented ? printable(cell(item)).trimEnd() : oneLine(cell(item)))),
  );
  const widths = columns.map(({ heading }, c) =>
    Math.max(heading.length, ...rows.map((row) => width(row[c]!))),
  );
  const line = (cells: readonly string[], paint?: (cell: string, c: number) => string) =>
    cells
      .map((cell, c) => {
        const painted = paint === undefined ? cell : paint(cell, c);
        return c === cells.length - 1 ? painted : painted + ' '.repeat(widths[c]! - width(cell));
      })
      .join(GAP)
      .trimEnd();
  return [
    line(columns.map(({ heading }) => heading)),
    ...items.map((item, r) => line(rows[r]!, (cell, c) => columns[c]!.paint?.(item, cell) ?? cell)),
  ]
    .map((text) => `${text}\n`)
    .join('');
}

/** Cells hold what others wrote: nothing of it may move the cursor or start a new line. */
function oneLine(text: string): string {
  return printable(text).trim();
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

function width(text: string): number {
  return [...text].length;
}
