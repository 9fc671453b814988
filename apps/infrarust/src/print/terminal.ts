/**
 * Whether the terminal understands the sequences that move the cursor and colour text. `TERM=dumb` says that it does not:
 * editors that run a shell, and consoles of some providers.
 */
export function hasSequences(): boolean {
  return process.env.TERM !== 'dumb'
}

/**
 * Whether what is written to standard output may have colours.
 *
 * @see no-color.org: `NO_COLOR` with any value but an empty one
 */
export function hasColors(): boolean {
  return process.stdout.isTTY && hasSequences() && !process.env.NO_COLOR
}
