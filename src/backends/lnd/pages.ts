// Lists of LND come in pages, each from an index on.

/** How many rows of a list are asked for at once. */
export const pageSize = 500;

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly last: string;
}

/** All pages of a list behind this index ('0': from its beginning), oldest first. */
export const allOf = async <Row>(page: (offset: string) => Promise<Page<Row>>, from = '0'): Promise<readonly Row[]> => {
  const all: Row[] = [];
  for (let offset = from; ; ) {
    const { rows, last } = await page(offset);
    all.push(...rows);
    if (rows.length < pageSize) return all;
    offset = last;
  }
};
