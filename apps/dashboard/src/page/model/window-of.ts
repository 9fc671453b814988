/** The rows of a long list that are worth drawing. */
export interface RowWindow {
  readonly first: number
  /** Behind the last one. */
  readonly end: number
}

/** Drawn beyond both edges, so that a quick scroll meets rows. */
const BEYOND = 6

/**
 * @param scrolled rows above the upper edge
 * @param seen     rows that are looked at, those in part too
 */
export function windowOf(rows: number, scrolled: number, seen: number): RowWindow {
  const first = Math.max(0, Math.min(scrolled, rows) - BEYOND)
  const end = Math.min(rows, scrolled + seen + BEYOND)
  return { first: Math.min(first, end), end }
}
