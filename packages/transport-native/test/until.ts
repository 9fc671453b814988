const PATIENCE_MS = 30_000

/** Looks again and again until there is something to see. */
export async function until<T>(what: string, look: () => T | undefined): Promise<T> {
  const givesUpAt = performance.now() + PATIENCE_MS
  for (;;) {
    const seen = look()
    if (seen !== undefined) return seen
    if (performance.now() > givesUpAt) throw new Error(`never came: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
