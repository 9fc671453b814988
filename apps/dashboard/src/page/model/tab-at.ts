/**
 * Where a key leads in a row of tabs; undefined for one that leads nowhere.
 *
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
 */
export function tabAt(key: string, at: number, tabs: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return (at + 1) % tabs
    case 'ArrowLeft':
      return (at + tabs - 1) % tabs
    case 'Home':
      return 0
    case 'End':
      return tabs - 1
    default:
      return undefined
  }
}
