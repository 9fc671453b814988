/** The known name that was probably meant, or undefined where none is near. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  // A third of the letters may be wrong: more, and the suggestion puzzles instead of helping.
  let bestDistance = Math.max(1, Math.floor(written.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(written.toLowerCase().replaceAll('-', '_'), name)
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

/** What would be right where another word is written, as a clause of a fault. */
export function instead(written: unknown, words: readonly string[], accepted: string): string {
  const meant = typeof written === 'string' ? nearest(written.trim(), words) : undefined
  return meant === undefined ? accepted : `did you mean "${meant}"? Or ${accepted}`
}

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function editDistance(from: string, to: string): number {
  // A key of a megabyte is no misspelling of anything; its distance would take minutes.
  if (Math.abs(from.length - to.length) > to.length) return Number.POSITIVE_INFINITY
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1]
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        cost = Math.min(cost, at(beforeLast, j - 2) + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return at(last, to.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
