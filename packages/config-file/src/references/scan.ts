/** A text, cut where it names something. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** `${NAME}` */
  | { readonly kind: 'variable'; readonly name: string }
  /** `${file:/run/secrets/password}` */
  | { readonly kind: 'file'; readonly path: string }
  /** What begins as a reference and is none. */
  | { readonly kind: 'malformed'; readonly text: string }

/** Where a reference begins. */
export const OPENING: string = '$' + '{'
const ESCAPED = `$${OPENING}`

/** Cuts a text at its references; `$${` is a `${` that is meant as it stands. Any other `$` is a text like any. */
export function scanReferences(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  let plain = ''
  const flush = (): void => {
    if (plain !== '') pieces.push({ kind: 'text', text: plain })
    plain = ''
  }
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('$', at)
    if (next === -1) {
      plain += text.slice(at)
      break
    }
    plain += text.slice(at, next)
    if (text.startsWith(ESCAPED, next)) {
      plain += OPENING
      at = next + ESCAPED.length
    } else if (text.startsWith(OPENING, next)) {
      flush()
      const end = text.indexOf('}', next)
      pieces.push(end === -1 ? { kind: 'malformed', text: text.slice(next) } : reference(text.slice(next, end + 1)))
      at = end === -1 ? text.length : end + 1
    } else {
      plain += '$'
      at = next + 1
    }
  }
  flush()
  return pieces
}

function reference(text: string): Piece {
  const inner = text.slice(OPENING.length, -1)
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(inner)) return { kind: 'variable', name: inner }
  const path = inner.startsWith('file:') ? inner.slice('file:'.length) : ''
  return path.trim() === '' || path.includes('\0') ? { kind: 'malformed', text } : { kind: 'file', path }
}
