/**
 * Whether a text holds what moves a cursor, breaks a line, or turns the direction of writing: C0, DEL and C1, the separators
 * of lines and paragraphs (U+2028, U+2029), and the bidirectional controls. No name needs any of them, and a service that
 * reads lines takes what stands behind a line end for an order.
 */
export function hasControlCharacter(text: string): boolean {
  return !isPrintableAscii(text) && CONTROL.test(text)
}

/** Nearly all that is asked about: one look at each character costs a third of the expression. */
function isPrintableAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || code > 0x7e) return false
  }
  return true
}

/** The same text with a blank for each of them: for what is shown, where nobody is to be refused. */
export function withoutControlCharacters(text: string): string {
  return text.replaceAll(CONTROLS, ' ')
}

const CONTROL = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u
const CONTROLS = new RegExp(CONTROL, 'gu')
