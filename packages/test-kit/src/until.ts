const PATIENCE_MS = 30_000
const BETWEEN_LOOKS_MS = 20

/**
 * Polls until a condition holds.
 * @throws where it does not within `withinMs`, with what was waited for and what was seen instead
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  seen: () => string = () => '',
  withinMs: number = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms in vain for: ${what}\n${seen()}`)
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS))
  }
}

/** Polls until there is something to see, and gives it. */
export async function poll<T>(what: string, look: () => T | undefined): Promise<T> {
  let seen: T | undefined
  await until(() => {
    seen = look()
    return seen !== undefined
  }, what)
  if (seen === undefined) throw new Error(what)
  return seen
}
