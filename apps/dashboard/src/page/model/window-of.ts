/** The rows of a long list that are worth drawing. */
export interface RowWindow {
  readonly first: number
  /** Behind the last one. */
  readonly end: number
}

/** Drawn beyond both edges, so that a quick scroll meets rows. */
const BEYOND = 12

export function windowOf(rows: number, rowPx: number, scrollPx: number, heightPx: number): RowWindow {
  const first = Math.max(0, Math.min(Math.floor(scrollPx / rowPx), rows) - BEYOND)
  const end = Math.min(rows, Math.ceil((scrollPx + heightPx) / rowPx) + BEYOND)
  return { first: Math.min(first, end), end }
}
