/** Which parts of a file to ask for before anything is known of it but its size and its rows. */

const HEAD = { spare: 1.15, more: 2_000, most: 1 << 18 };
const FOOTER = { perChunk: 120, more: 2_000, most: 1 << 19 };

/** Rows of a row group as the site writes them. */
function groupSize(rows) {
  return Math.max(2048, 2 ** Math.round(Math.log2(8 * Math.sqrt(Math.max(rows, 1)))));
}

/** How much of the file's end to ask for, so that the footer comes in one request. */
export function footerGuess(rows, columns) {
  const groups = Math.ceil(rows / groupSize(rows));
  return Math.min(FOOTER.most, groups * columns * FOOTER.perChunk + FOOTER.more);
}

/** How much of the file's beginning holds the first row group, going by the average of all. */
export function headGuess(bytes, rows) {
  return Math.min(bytes, HEAD.most, Math.ceil((bytes * Math.min(1, groupSize(rows) / Math.max(rows, 1))) * HEAD.spare) + HEAD.more);
}
