/**
 * What a peer has chosen (a player's name, a domain) as text that is safe to print: control characters and what turns
 * the direction of writing are spelt out, so that no name moves the cursor, rings, or breaks a line of the log.
 */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`
  })
}

/** Control, format (the bidirectional ones among them), line and paragraph separators, lone surrogates, private use. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
