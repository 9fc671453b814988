/**
 * Whether every name that a pattern matches is matched by the allowed one, too. Both as `parseDomainPattern` gives them:
 * `*` stands for one or more labels, `?` for one character of a label.
 */
export function coversPattern(allowed: string, pattern: string): boolean {
  const outer = allowed.split('.')
  const inner = pattern.split('.')
  let inOuter = 0
  let inInner = 0
  let starAt = -1
  let retryAt = 0
  // As a name is matched, label by label; after a mismatch only the last `*` is made longer.
  while (inInner < inner.length) {
    if (outer[inOuter] === '*') {
      starAt = inOuter++
      retryAt = ++inInner
    } else if (coversLabel(outer[inOuter], inner[inInner])) {
      inOuter++
      inInner++
    } else if (starAt >= 0) {
      inOuter = starAt + 1
      inInner = ++retryAt
    } else return false
  }
  return inOuter === outer.length
}

/** Whether a pattern takes names of everybody's: it has no whole label of its own (`*`, `*.*`, `*.???`). */
export function isCatchAll(pattern: string): boolean {
  return pattern.split('.').every((label) => /[*?]/.test(label))
}

function coversLabel(outer: string | undefined, inner: string | undefined): boolean {
  if (outer === undefined || inner === undefined || inner === '*' || outer.length !== inner.length) return false
  for (let at = 0; at < outer.length; at++) if (outer[at] !== '?' && outer[at] !== inner[at]) return false
  return true
}
