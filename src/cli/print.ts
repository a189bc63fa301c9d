// Prints answers for people: tables and indented names and values. Scripts ask for `--json`.

/** Columns as wide as what is in them; `none` when there are no rows. */
export const table = (heads: readonly string[], rows: readonly (readonly string[])[], none: string): string => {
  if (rows.length === 0) return `${none}\n`;
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[heads, ...rows].map(line).join('\n')}\n`;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

const plain = (value: unknown): string => (value instanceof Date ? value.toISOString() : value === null ? '-' : String(value));

/** Names and values of anything, nested by indentation. */
export const outline = (value: unknown, indent = ''): string => {
  if (Array.isArray(value)) {
    if (value.length === 0) return `${indent}(none)\n`;
    return value.map((item) => (isRecord(item) ? `${indent}-\n${outline(item, `${indent}  `)}` : `${indent}- ${plain(item)}\n`)).join('');
  }
  if (!isRecord(value)) return `${indent}${plain(value)}\n`;
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries
    .map(([name, held]) => {
      if (Array.isArray(held) && held.every((item) => !isRecord(item)))
        return `${indent}${name.padEnd(width)}  ${held.map(plain).join(', ') || '-'}\n`;
      if (isRecord(held) || Array.isArray(held)) return `${indent}${name}\n${outline(held, `${indent}  `)}`;
      return `${indent}${name.padEnd(width)}  ${plain(held)}\n`;
    })
    .join('');
};

/** JSON with bigints as their digits. */
export const json = (value: unknown): string =>
  `${JSON.stringify(value, (_, held) => (typeof held === 'bigint' ? held.toString() : held), 2)}\n`;

export const day = (at: Date | null): string => (at === null ? '-' : at.toISOString().slice(0, 16).replace('T', ' '));
