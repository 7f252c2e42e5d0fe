import type { KeyboardEvent, ReactNode } from 'react';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Right-aligned, in digits that do not jump. */
  readonly isNumber?: boolean;
  /** Takes what is left; cut when there is less. */
  readonly isWide?: boolean;
}

export interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** A look of its own, where rows become two lines on a telephone. */
  readonly className?: string;
  /** A look of a row, for what needs somebody. */
  readonly rowLook?: (row: Row) => string | undefined;
  /** Keys pressed anywhere in a row. */
  readonly onRowKey?: (row: Row, event: KeyboardEvent) => void;
}

/** A table with a caption for readers; it scrolls inside its box when there is no room, and takes the focus to be scrolled by keys. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, keyOf, className = '', rowLook, onRowKey } = props;
  const looks = ({ isNumber, isWide }: Column<Row>) =>
    [isNumber && 'num', isWide && 'wide'].filter(Boolean).join(' ') || undefined;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box takes the focus (WCAG 2.1.1)
    // biome-ignore lint/a11y/useSemanticElements: it is no set of form fields
    <div className="scroll-x" role="group" tabIndex={0} aria-label={caption}>
      <table className={`tbl ${className}`}>
        <caption className="vh">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" className={looks(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={keyOf(row)}
              className={rowLook?.(row)}
              onKeyDown={onRowKey === undefined ? undefined : (event) => onRowKey(row, event)}
            >
              {columns.map((column) => (
                <td key={column.title} className={looks(column)} data-title={column.title}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
